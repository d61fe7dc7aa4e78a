// What the client does where the line or the server is bad: each answer here is written out, in order.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { Client, ConnectionError, ProblemError, TimeoutError } from "@rekindle/client";

const problem = (status, code, headers = {}) => ({
  status,
  headers: { "content-type": "application/problem+json", ...headers },
  body: JSON.stringify({ type: `/problems/${code}`, title: code, status, detail: code, code, request_id: "req_1" }),
});
const json = (body, headers = {}) => ({
  status: 200,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const SOON = { "retry-after": "0" };
const body = { activity: "evening-walk", outcome: "done" };

/** Serves the answers one after the other and returns the requests that came. */
async function facing(answers, use, options = {}) {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method, url: request.url, headers: request.headers });
    const answer = answers[Math.min(seen.length, answers.length) - 1];
    if (answer === "cut") return request.socket.destroy();
    if (answer === "never") return undefined;
    response.writeHead(answer.status, answer.headers);
    return response.end(answer.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  try {
    await use(new Client({ baseUrl, ...options }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return seen;
}

const keys = (seen) => new Set(seen.map(({ headers }) => headers["idempotency-key"]));

test("a creating POST that was cut off is sent again under the same key", async () => {
  const seen = await facing(["cut", problem(503, "not_ready", SOON), json({})], async (api) => {
    await api.post("/v1/me/feedback", { body });
  });
  assert.equal(seen.length, 3);
  assert.equal(keys(seen).size, 1);
  assert.match([...keys(seen)][0], /^[0-9a-f]{32}$/);
});

test("two calls have two keys", async () => {
  const seen = await facing([json({})], async (api) => {
    await api.post("/v1/me/feedback", { body });
    await api.post("/v1/me/feedback", { body });
  });
  assert.equal(keys(seen).size, 2);
});

test("a change that may have been made is not sent again", async () => {
  const seen = await facing(["cut"], async (api) => {
    await assert.rejects(api.patch("/v1/me", { body: { country: "DE" } }), ConnectionError);
  });
  assert.equal(seen.length, 1);
});

test("a wait that is too long is left to the caller", async () => {
  const seen = await facing([problem(429, "too_many_requests", { "retry-after": "3600" })], async (api) => {
    await assert.rejects(api.get("/v1/me"), (error) => error instanceof ProblemError && error.retryAfter === 3600);
  });
  assert.equal(seen.length, 1);
});

test("a refusal is not repeated", async () => {
  const seen = await facing([problem(404, "no_report")], async (api) => {
    await assert.rejects(api.get("/v1/me/view"), { name: "ProblemError", code: "no_report", status: 404 });
  });
  assert.equal(seen.length, 1);
});

test("a page of a proxy becomes a problem", async () => {
  await facing([{ status: 413, headers: { "content-type": "text/html" }, body: "<p>Too large</p>" }], async (api) => {
    await assert.rejects(api.get("/v1/me"), { name: "ProblemError", code: "http_413" });
  });
});

test("a token that ended is renewed once", async () => {
  const asked = [];
  const token = (renew) => (asked.push(renew), renew ? "fresh" : "old");
  const use = async (api) => assert.deepEqual(await api.get("/v1/me"), { id: "ptr_1" });
  const seen = await facing([problem(401, "credentials_expired"), json({ id: "ptr_1" })], use, { token });
  assert.deepEqual(asked, [false, true]);
  assert.deepEqual(seen.map(({ headers }) => headers.authorization), ["Bearer old", "Bearer fresh"]);
  const again = await facing([problem(401, "credentials_expired")], async (api) => {
    await assert.rejects(api.get("/v1/me"), { code: "credentials_expired" });
  }, { token });
  assert.equal(again.length, 2);
});

test("an unchanged answer is the copy, and a forgotten one is asked for anew", async () => {
  const copy = json({ view: 1 }, { etag: '"1"' });
  const seen = await facing([copy, { status: 304, headers: { etag: '"1"' } }, copy], async (api) => {
    const first = await api.get("/v1/me/view");
    assert.equal(await api.get("/v1/me/view"), first);
    api.forget();
    await api.get("/v1/me/view");
  });
  assert.deepEqual(seen.map(({ headers }) => headers["if-none-match"]), [undefined, '"1"', undefined]);
});

test("no answer in time is an error of its own, after the retries", async () => {
  const seen = await facing(["never"], async (api) => {
    await assert.rejects(api.get("/v1/me"), TimeoutError);
  }, { timeout: 50, retries: 1 });
  assert.equal(seen.length, 2);
});

test("a caller can end a call", async () => {
  const seen = await facing(["never"], async (api) => {
    await assert.rejects(api.get("/v1/me", { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  });
  assert.equal(seen.length, 1);
});

test("names in a path are escaped, and values, fields and codes that are new do no harm", async () => {
  const told = { id: "x/y", cost: "very_low", field: 1 };
  const seen = await facing([json(told)], async (api) => {
    assert.deepEqual(await api.get("/v1/activities/{activity}", { path: { activity: "x/y" } }), told);
    await api.get("/v1/activities", { query: { kind: "walk", max_minutes: 30 } });
  });
  assert.deepEqual(seen.map(({ url }) => url), ["/v1/activities/x%2Fy", "/v1/activities?kind=walk&max_minutes=30"]);
});
