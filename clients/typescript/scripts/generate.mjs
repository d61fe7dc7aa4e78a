// Writes src/generated/ from the OpenAPI document: types of every path, and the two lists that the client needs while
// it runs. `node scripts/generate.mjs other.json` reads another document.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import openapiTypeScript, { astToString } from "openapi-typescript";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");
const source = resolve(process.argv[2] ?? process.env.REKINDLE_OPENAPI ?? resolve(root, "../../openapi.json"));
const folder = resolve(root, "src/generated");

const text = (value) => ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(value));
const keyword = (kind) => ts.factory.createKeywordTypeNode(kind);

// Any text is one, and an editor still offers those that are known: `string & {}` is not folded into `string`.
const anyText = () =>
  ts.factory.createIntersectionTypeNode([
    keyword(ts.SyntaxKind.StringKeyword),
    ts.factory.createTypeLiteralNode(undefined),
  ]);

const openUnion = (values) => ts.factory.createUnionTypeNode([...values.map(text), anyText()]);

/** Return the type of a code of an answer, to which new values may be added; nothing for any other schema. */
function openEnum(schema) {
  const known = schema["x-extensible-enum"];
  if (!known) return undefined;
  const type = openUnion(known.filter((value) => typeof value === "string"));
  return [schema.type].flat().includes("null")
    ? ts.factory.createUnionTypeNode([type, ts.factory.createLiteralTypeNode(ts.factory.createNull())])
    : type;
}

function* objects(value) {
  if (typeof value !== "object" || value === null) return;
  yield value;
  for (const inner of Object.values(value)) yield* objects(inner);
}

/** Return the codes of all problems that the document shows. */
function problemCodes(document) {
  const shown = [...objects([document.components.responses, document.components.examples])];
  return [...new Set(shown.filter((one) => one.request_id && one.code).map((one) => one.code))].sort();
}

/** Return the paths whose POST can be repeated under one `Idempotency-Key`. */
function idempotentPosts(document) {
  const named = (parameter) => parameter.$ref?.endsWith("/IdempotencyKey") || parameter.name === "Idempotency-Key";
  return Object.keys(document.paths).filter((path) => document.paths[path].post?.parameters?.some(named));
}

/** Return the value without its examples, which are most of the document and no part of a type. */
function withoutExamples(value) {
  if (Array.isArray(value)) return value.map(withoutExamples);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name, inner]) => name !== "example" && !(name === "examples" && inner));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutExamples(inner)]));
}

const document = JSON.parse(await readFile(source, "utf-8"));
const types = await openapiTypeScript(withoutExamples(document), {
  alphabetize: true,
  defaultNonNullable: false,
  silent: true,
  transform: openEnum,
});
const lists = `// Made from the OpenAPI document.
/** The code of a problem; new ones may appear. */
export type ProblemCode = ${[...problemCodes(document).map((code) => JSON.stringify(code)), "(string & {})"].join(" | ")};
export const IDEMPOTENT_POSTS: ReadonlySet<string> = new Set(${JSON.stringify(idempotentPosts(document))});
`;
await mkdir(folder, { recursive: true });
await writeFile(resolve(folder, "schema.ts"), astToString(types));
await writeFile(resolve(folder, "lists.ts"), lists);
