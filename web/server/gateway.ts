import type { IncomingMessage, ServerResponse } from "node:http";
import { cookie } from "./cookies.ts";
import { bodyOf, Refusal } from "./http.ts";
import { presentOf, type Phones } from "./phones.ts";
import { isTest } from "./settings.ts";

/** What a partner may ask of the API, with their own token; nothing that needs the integrator's key. */
const OWN = /^\/v1\/(me(\/|$)|invitations\/accept$|decisions\/)/;
const OPEN = /^\/v1\/(questions|words|locales|strategies|paths|activities|help|calendars)(\/|$)/;

const REQUEST_HEADERS = ["content-type", "accept-language", "idempotency-key", "if-match", "if-none-match"];
const ANSWER_HEADERS = ["content-type", "etag", "content-language", "retry-after", "x-request-id", "idempotency-replayed"];

/** Passes a request of the page on to the API, with the token that the phone's cookie holds. */
export async function pass(phones: Phones, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = (request.url ?? "").slice("/api".length);
  const path = target.replace(/\?.*$/, "");
  if (!OWN.test(path) && !OPEN.test(path)) throw new Refusal(404, "not_found", "There is nothing here");
  const body = request.method === "GET" ? undefined : await bodyOf(request);
  const ask = (token: string | undefined): Promise<Response> =>
    fetch(phones.settings.api + target, {
      method: request.method ?? "GET",
      headers: headersFor(request, token, isTest(phones.settings)),
      ...(body?.length ? { body: new Uint8Array(body) } : {}),
      redirect: "error",
    });
  const answer = await unreachable(OWN.test(path) ? withToken(phones, request, response, ask) : ask(undefined));
  if (answer.ok && request.method === "DELETE") after(phones, path, request, response);
  await relay(answer, response);
}

function headersFor(request: IncomingMessage, token: string | undefined, test: boolean): Record<string, string> {
  const passed = REQUEST_HEADERS.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  const credentials: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return { ...Object.fromEntries(passed), ...credentials, ...(test ? presentOf(request) : {}) };
}

/** Asks with the phone's token, and once more with a fresh one where that has run out. */
async function withToken(
  phones: Phones,
  request: IncomingMessage,
  response: ServerResponse,
  ask: (token: string) => Promise<Response>,
): Promise<Response> {
  const session = phones.session(request);
  const held = cookie(request, "t");
  const answer = held ? await ask(held) : undefined;
  if (answer && answer.status !== 401) return answer;
  if (answer && !(await isExpired(answer))) {
    phones.forget(request, response);
    throw new Refusal(401, "no_session", "This phone was logged out");
  }
  return ask(await phones.renew(session, request, response));
}

async function isExpired(answer: Response): Promise<boolean> {
  const { code } = (await answer.json()) as { code?: string };
  return code === "credentials_expired";
}

/** Follows what a deletion ends: the phone of a token, or of a partner who is erased. */
function after(phones: Phones, path: string, request: IncomingMessage, response: ServerResponse): void {
  const ended = /^\/v1\/me\/tokens\/(.+)$/.exec(path)?.[1];
  if (ended) phones.sessions.end(({ token }) => token === decodeURIComponent(ended));
  if (path === "/v1/me") {
    const { partner } = phones.session(request);
    phones.sessions.end((session) => session.partner === partner);
    phones.forget(request, response);
  }
}

async function relay(answer: Response, response: ServerResponse): Promise<void> {
  for (const name of ANSWER_HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  response.setHeader("cache-control", "no-store");
  response.writeHead(answer.status);
  response.end(Buffer.from(await answer.arrayBuffer()));
}

async function unreachable(answer: Promise<Response>): Promise<Response> {
  return answer.catch((error: unknown) => {
    if (error instanceof Refusal || !(error instanceof TypeError)) throw error;
    throw new Refusal(503, "not_ready", "The server cannot be reached");
  });
}
