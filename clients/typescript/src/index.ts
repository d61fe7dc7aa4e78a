export { Client, type ClientOptions } from "./client.js";
export { ConnectionError, ProblemError, TimeoutError, type Problem } from "./errors.js";
export type { ProblemCode } from "./generated/lists.js";
export type { Answer, Body, ItemOf, PagedPath, PathOf, Schemas } from "./operations.js";
