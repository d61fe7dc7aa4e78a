import type { ProblemCode } from "./generated/lists.js";
import type { Schemas } from "./operations.js";

export type Problem = Omit<Schemas["Problem"], "code"> & { code: ProblemCode };

/** The server answered with a problem (RFC 9457). `code` says which; new codes may appear. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly problem: Problem,
    /** The seconds after which to try again, where the server says so. */
    readonly retryAfter: number | undefined,
  ) {
    super(problem.detail || problem.title);
  }

  get code(): ProblemCode {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** Every mistake in the request, with a JSON pointer each; empty for other problems. */
  get mistakes(): NonNullable<Problem["errors"]> {
    return this.problem.errors ?? [];
  }
}

/** No answer came: no network, a server that is not there, or a connection that broke. */
export class ConnectionError extends Error {
  override readonly name: string = "ConnectionError";
}

/** No answer came in time. */
export class TimeoutError extends ConnectionError {
  override readonly name = "TimeoutError";
}

/** Return the answer as a problem; one that is none (of a proxy, for one) becomes one with the code `http_<status>`. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const told: unknown = await response.json().catch(() => undefined);
  const problem = isProblem(told) ? told : unnamed(response);
  return new ProblemError(problem, secondsOf(response.headers.get("retry-after")));
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "title" in value && "status" in value;
}

function unnamed({ status, statusText, headers }: Response): Problem {
  const title = statusText || `The server answered ${status}`;
  return {
    type: "about:blank",
    title,
    status,
    detail: title,
    code: `http_${status}`,
    request_id: headers.get("x-request-id") ?? "",
  };
}

function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
