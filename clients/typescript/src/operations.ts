// What the types of the document say about one operation: what it takes and what it answers.
import type { components, paths } from "./generated/schema.js";

/** The named shapes of the document, such as `Schemas["View"]`. */
export type Schemas = components["schemas"];

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that have the method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: M extends keyof paths[P] ? (paths[P][M] extends { responses: object } ? P : never) : never;
}[keyof paths];

type Operation<M extends Method, P extends PathOf<M>> = M extends keyof paths[P] ? paths[P][M] : never;

type Json<T> = T extends { content: infer C } ? (C extends { "application/json": infer D } ? D : string) : undefined;

type Success = 200 | 201 | 204;

/** The answer of an operation where it succeeds; undefined for one without content. */
export type Answer<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { responses: infer R } ? { [S in keyof R & Success]: Json<R[S]> }[keyof R & Success] : never;

/** The body that an operation takes. */
export type Body<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { requestBody?: { content: { "application/json": infer B } } } ? B : never;

type Parameters<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { parameters: infer A } ? A : never;

type Part<A, K extends string> = K extends keyof A ? Exclude<A[K], undefined> : never;

type NeededOrNot<K extends string, T, O> = [T] extends [never]
  ? { [N in K]?: never }
  : object extends O
    ? { [N in K]?: T }
    : { [N in K]: T };

type PathPart<M extends Method, P extends PathOf<M>> = Part<Parameters<M, P>, "path">;
type QueryPart<M extends Method, P extends PathOf<M>> = Part<Parameters<M, P>, "query">;
type BodyIsLeftOut<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { requestBody: object } ? { body: true } : object;

/** What a call of an operation is given. */
export type Call<M extends Method, P extends PathOf<M>> = NeededOrNot<"path", PathPart<M, P>, PathPart<M, P>> &
  NeededOrNot<"query", QueryPart<M, P>, QueryPart<M, P>> &
  NeededOrNot<"body", Body<M, P>, BodyIsLeftOut<M, P>> & {
    /** Further headers, such as `If-Match` or `Rekindle-Test-Now`. */
    headers?: Record<string, string>;
    /** Ends the call from outside. */
    signal?: AbortSignal;
  };

/** The calls that need an argument take one; the others may be made without. */
export type Arguments<M extends Method, P extends PathOf<M>> =
  object extends Call<M, P> ? [call?: Call<M, P>] : [call: Call<M, P>];

/** The paths that answer page by page. */
export type PagedPath = {
  [P in PathOf<"get">]: Answer<"get", P> extends { data: unknown[]; next_cursor?: string | null; has_more: boolean }
    ? P
    : never;
}[PathOf<"get">];

/** One item of a list. */
export type ItemOf<P extends PagedPath> = Answer<"get", P> extends { data: (infer I)[] } ? I : never;
