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

SwaggerUIBundle({
  url: description.dataset.document,
  domNode: description,
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: false,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
  filter: true,
  plugins: [{ fn: { opsFilter: findByWords }, wrapComponents: { response: foldProblems } }],
  onComplete: () => {
    const box = document.querySelector(".operation-filter-input");
    box.placeholder = "Find operations by words, such as: plan calendar";
    box.setAttribute("aria-label", "Find operations by words");
  },
});
