import type { IncomingMessage, ServerResponse } from "node:http";

const BODY_LIMIT = 262_144;

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
  ) {
    super(title);
  }
}

/** Answers with a problem of the form that the API's own have. */
export function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  const problem = { type: "about:blank", title: message, status, detail: message, code, request_id: "" };
  send(response, status, JSON.stringify(problem), "application/problem+json");
}

export function send(response: ServerResponse, status: number, body: string | Buffer, type = "application/json"): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(body);
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT) throw new Refusal(413, "body_too_large", "The body is too large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Throws unless the request comes from our own page: another site's page must not act with this phone's cookies. */
export function fromOwnPage({ headers }: IncomingMessage): void {
  const site = headers["sec-fetch-site"];
  const isForeign = site !== undefined && site !== "same-origin";
  const isElsewhere = headers.origin !== undefined && new URL(headers.origin).host !== headers.host;
  if (isForeign || isElsewhere) throw new Refusal(403, "other_site", "This request comes from another site");
}
