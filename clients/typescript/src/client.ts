import { Copies } from "./copies.js";
import { ConnectionError, ProblemError, TimeoutError, problemOf } from "./errors.js";
import { IDEMPOTENT_POSTS } from "./generated/lists.js";
import type { Answer, Arguments, Call, ItemOf, Method, PagedPath, PathOf } from "./operations.js";

export interface ClientOptions {
  /** The address of the server, such as `https://rekindle.example`, or of a back end that passes requests on. */
  baseUrl: string;
  /**
   * Returns the key or token to send. `renew` is true once the server has refused the last one as expired, revoked or
   * unknown: fetch a fresh one then. Left out: no `Authorization` is sent, as behind a back end with cookies.
   */
  token?: (renew: boolean) => string | Promise<string>;
  /** Sent as `Accept-Language`. */
  language?: string;
  /** Headers of every request, such as `Rekindle-Test-Now`. */
  headers?: Record<string, string> | (() => Record<string, string>);
  /** Milliseconds that one attempt may take. */
  timeout?: number;
  /** How often a request is sent again where that does no harm. */
  retries?: number;
  /** How many answers with an ETag are kept in memory. */
  copies?: number;
  fetch?: typeof fetch;
}

/** The waits between attempts, in milliseconds, grow from the first to the longest. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 8_000;

/** The server did nothing, or a request of the kind may be repeated. */
const NOTHING_DONE = new Set([429, 503]);
const PERHAPS_DONE = new Set([502, 504]);
const STALE_CREDENTIALS = new Set(["credentials_expired", "credentials_revoked", "credentials_unknown"]);

interface Request {
  method: Method;
  url: string;
  headers: Headers;
  body: string | undefined;
  signal: AbortSignal | undefined;
  repeatable: boolean;
}

/**
 * Calls the API by path: `await client.get("/v1/me/view")`. Paths, bodies and answers are typed from the document.
 *
 * A `GET` whose ETag is known is asked for with it, and a 304 gives the kept copy. A creating `POST` carries an
 * `Idempotency-Key` of its own, so that it is safe to send it again. Everything else that is refused throws a
 * `ProblemError`; no answer at all throws a `ConnectionError`.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #copies: Copies;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#copies = new Copies(options.copies ?? 64);
  }

  get<P extends PathOf<"get">>(path: P, ...[call]: Arguments<"get", P>): Promise<Answer<"get", P>> {
    return this.#call("get", path, call);
  }

  post<P extends PathOf<"post">>(path: P, ...[call]: Arguments<"post", P>): Promise<Answer<"post", P>> {
    return this.#call("post", path, call);
  }

  put<P extends PathOf<"put">>(path: P, ...[call]: Arguments<"put", P>): Promise<Answer<"put", P>> {
    return this.#call("put", path, call);
  }

  patch<P extends PathOf<"patch">>(path: P, ...[call]: Arguments<"patch", P>): Promise<Answer<"patch", P>> {
    return this.#call("patch", path, call);
  }

  delete<P extends PathOf<"delete">>(path: P, ...[call]: Arguments<"delete", P>): Promise<Answer<"delete", P>> {
    return this.#call("delete", path, call);
  }

  /** Yields each item of a list, and fetches the pages as they are needed. */
  async *items<P extends PagedPath>(path: P, ...[call]: Arguments<"get", P>): AsyncGenerator<ItemOf<P>> {
    let cursor: string | null | undefined;
    do {
      const query = { ...call?.query, ...(cursor ? { cursor } : {}) };
      const page = (await this.#call("get", path, { ...call, query } as Call<"get", P>)) as {
        data: ItemOf<P>[];
        next_cursor?: string | null;
      };
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor);
  }

  /** Drops every kept answer: call it when another person uses the client. */
  forget(): void {
    this.#copies.clear();
  }

  async #call<M extends Method, P extends PathOf<M>>(method: M, path: P, call?: Call<M, P>): Promise<Answer<M, P>> {
    const request = this.#request(method, path, call ?? {});
    const key = `${request.headers.get("accept-language") ?? ""} ${request.url}`;
    const copy = method === "get" ? this.#copies.get(key) : undefined;
    if (copy) request.headers.set("If-None-Match", copy.etag);
    const { status, etag, data } = await this.#send(request);
    if (status === 304 && copy) return copy.data as Answer<M, P>;
    if (method === "get") this.#copies.keep(key, etag, data);
    return data as Answer<M, P>;
  }

  #request(method: Method, path: string, call: Loose): Request {
    const { headers: common, language } = this.#options;
    const headers = new Headers(typeof common === "function" ? common() : common);
    headers.set("Accept", "application/json, application/problem+json;q=0.9, */*;q=0.1");
    if (language) headers.set("Accept-Language", language);
    if (call.body !== undefined) headers.set("Content-Type", "application/json");
    const isKeyed = method === "post" && IDEMPOTENT_POSTS.has(path);
    if (isKeyed) headers.set("Idempotency-Key", newKey());
    for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value);
    return {
      method,
      url: this.#options.baseUrl.replace(/\/$/, "") + filled(path, call.path) + asked(call.query),
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal: call.signal,
      repeatable: isKeyed || ["get", "put", "delete"].includes(method),
    };
  }

  /** Sends until there is an answer that stays; throws a problem, or what kept an answer from coming. */
  async #send(request: Request): Promise<Reply> {
    const retries = this.#options.retries ?? 2;
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      const failure = await this.#attempt(request, renewed).catch(failureOf);
      if (!(failure instanceof Error)) return failure;
      request.signal?.throwIfAborted();
      if (!renewed && this.#options.token && isStale(failure)) {
        renewed = true;
        await this.#authorise(request, true);
        attempt -= 1;
        continue;
      }
      if (attempt >= retries || !mayRepeat(request, failure)) throw failure;
      await wait(attempt, failure, request.signal);
    }
  }

  async #attempt(request: Request, authorised: boolean): Promise<Reply> {
    if (!authorised) await this.#authorise(request, false);
    const { method, url, headers, body, signal } = request;
    const limit = AbortSignal.timeout(this.#options.timeout ?? 15_000);
    const response = await (this.#options.fetch ?? fetch)(url, {
      method: method.toUpperCase(),
      headers,
      ...(body === undefined ? {} : { body }),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      cache: "no-store",
    });
    if (!response.ok && response.status !== 304) throw await problemOf(response);
    return { status: response.status, etag: response.headers.get("etag"), data: await read(response) };
  }

  async #authorise(request: Request, renew: boolean): Promise<void> {
    if (this.#options.token) request.headers.set("Authorization", `Bearer ${await this.#options.token(renew)}`);
  }
}

interface Reply {
  status: number;
  etag: string | null;
  data: unknown;
}

/** A call of any operation. */
interface Loose {
  path?: unknown;
  query?: unknown;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

function filled(path: string, values: unknown): string {
  const given = (values ?? {}) as Record<string, unknown>;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given[name])));
}

function asked(query: unknown): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}) as [string, unknown][]) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) parts.append(name, String(one));
  }
  return parts.size ? `?${parts.toString()}` : "";
}

/** Browsers have `randomUUID` only on secure origins; the bytes are there everywhere. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204 || response.status === 304) return undefined;
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return isJson ? response.json() : response.text();
}

function failureOf(error: unknown): Error {
  if (error instanceof ProblemError) return error;
  const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
  const Failure = isTimeout ? TimeoutError : ConnectionError;
  return new Failure(isTimeout ? "The server did not answer in time." : "The server cannot be reached.", {
    cause: error,
  });
}

function isStale(failure: Error): boolean {
  return failure instanceof ProblemError && STALE_CREDENTIALS.has(failure.code);
}

function mayRepeat({ repeatable }: Request, failure: Error): boolean {
  if (!(failure instanceof ProblemError)) return repeatable;
  if (NOTHING_DONE.has(failure.status)) return true;
  return repeatable && (PERHAPS_DONE.has(failure.status) || failure.code === "still_running");
}

/** Waits as long as the server asked for, else longer each time; throws at once where that would take too long. */
async function wait(attempt: number, failure: Error, signal: AbortSignal | undefined): Promise<void> {
  const said = failure instanceof ProblemError ? failure.retryAfter : undefined;
  const time = said === undefined ? FIRST_WAIT * 2 ** attempt * (0.5 + Math.random() / 2) : said * 1000;
  if (time > LONGEST_WAIT) throw failure;
  await new Promise((resolve) => setTimeout(resolve, time));
  signal?.throwIfAborted();
}
