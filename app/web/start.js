const description = document.getElementById("description");

// Swagger UI looks for tags and paths alone.
const findByWords = (tags, phrase) => {
  const words = phrase.toLowerCase().split(/\s+/);
  const isFound = (one) => {
    const said = ["operationId", "summary", "description", "tags"].map((name) => one.getIn(["operation", name], ""));
    const text = [one.get("method"), one.get("path"), ...said].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return tags.map((tag) => tag.update("operations", (all) => all.filter(isFound))).filter((tag) => tag.get("operations").size);
};

// Problems are folded until they are asked for: unfolded, they are most of an operation's height and of its work.
const foldProblems = (Response, { React }) => (props) => {
  const [isOpen, setOpen] = React.useState(props.code < "400");
  if (isOpen) return React.createElement(Response, props);
  const button = { type: "button", className: "problem", "aria-expanded": false, onClick: () => setOpen(true) };
  const about = React.createElement("button", button, props.response.get("description"));
  const status = React.createElement("td", { className: "response-col_status" }, props.code);
  return React.createElement("tr", { className: "response" }, status, React.createElement("td", { colSpan: 2 }, about));
};

// Swagger UI's own resolver reads the whole document anew for each operation that is opened: most of the work. This one
// follows the references of that operation alone; a schema inside itself stays a reference. `$$ref` names a schema.
const resolve = (document, node, above = []) => {
  if (Array.isArray(node)) return node.map((one) => resolve(document, one, above));
  if (node === null || typeof node !== "object") return node;
  const { $ref, ...own } = node;
  const said = Object.fromEntries(Object.entries(own).map(([name, one]) => [name, resolve(document, one, above)]));
  if (typeof $ref !== "string") return said;
  if (above.includes($ref)) return { $ref, ...said };
  const target = at(document, $ref.replace("#/", "").split("/"));
  return { ...resolve(document, target, [...above, $ref]), ...said, $$ref: $ref };
};
const at = (document, path) => path.reduce((node, name) => node[name], document);
const resolveSubtree = async (document, path) => ({ errors: [], spec: resolve(document, at(document, path)) });

SwaggerUIBundle({
  url: description.dataset.document,
  domNode: description,
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: false,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
  filter: true,
  plugins: [{ fn: { opsFilter: findByWords, resolveSubtree }, wrapComponents: { response: foldProblems } }],
  onComplete: () => {
    const box = document.querySelector(".operation-filter-input");
    box.placeholder = "Find operations by words, such as: plan calendar";
    box.setAttribute("aria-label", "Find operations by words");
  },
});
