// Compiled with --strict against the installed package, then run against a server on this machine.
import { Client, ProblemError, type Body, type Schemas } from "@rekindle/client";

declare const process: { argv: string[]; getBuiltinModule(name: "fs"): { readFileSync(file: string, as: "utf-8"): string } };

const [, , baseUrl = "", file = "", key = ""] = process.argv;
const requests: string[] = [];

const counting: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  requests.push(`${init?.method} ${new URL(String(input)).pathname} ${response.status}`);
  return response;
};

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "nothing",
    (error: unknown) => (error instanceof ProblemError ? error.code : String(error)),
  );
}

const app = new Client({ baseUrl, token: () => key });

async function partner(): Promise<{ id: string; api: Client }> {
  const { id } = await app.post("/v1/partners", { body: { adult: true, country: "US", time_zone: "Europe/Paris" } });
  const mint = async (): Promise<string> => {
    const made = await app.post("/v1/partners/{partner_id}/tokens", { path: { partner_id: id }, body: { expires_in: 600 } });
    return made.token;
  };
  let token: string | undefined;
  const api = new Client({
    baseUrl,
    token: async (renew) => (token = renew || !token ? await mint() : token),
    fetch: counting,
  });
  await agree(api, "processing");
  return { id, api };
}

async function agree(api: Client, purpose: "processing" | "pooling"): Promise<void> {
  const { data } = await api.get("/v1/me/consents");
  const version = data.find((consent) => consent.purpose === purpose)?.version ?? "";
  await api.put("/v1/me/consents/{purpose}", { path: { purpose }, body: { version, granted: true } });
}

const whole: Body<"post", "/v1/recommendations"> = JSON.parse(process.getBuiltinModule("fs").readFileSync(file, "utf-8"));
const { basis } = await app.post("/v1/recommendations", { body: whole });
const spoiled = { ...whole, reports: { a: { ...whole.reports.a, conflict: { level: "cronic" } } } };
const refused = await app
  .post("/v1/recommendations", { body: spoiled as unknown as typeof whole })
  .catch((error: unknown) => (error instanceof ProblemError ? error.mistakes[0]?.pointer : String(error)));

const a = await partner();
const b = await partner();
const { id: couple } = await app.post("/v1/couples", { body: { partner: a.id } });
const { code } = await app.post("/v1/couples/{couple_id}/invitations", { path: { couple_id: couple } });
await b.api.post("/v1/invitations/accept", { body: { code } });
await agree(a.api, "pooling");
await agree(b.api, "pooling");
const other = await codeOf(b.api.get("/v1/me/view"));

const report: Schemas["SelfReport"] = whole.reports.a;
const answered = await a.api.post("/v1/me/reports", { body: report });
await a.api.post("/v1/me/reports", { body: report });
await a.api.post("/v1/me/reports", { body: report });

// What one does alone is in the plan at once; what both want is from the next weekly turn on.
await a.api.put("/v1/me/choices/{activity}", { path: { activity: "kind-reading" }, body: { choice: "yes" } });
const { data: plan } = await a.api.get("/v1/me/plan");
const item = plan[0]?.id ?? "";
const moved = { path: { item }, body: { title: "walk" }, headers: { "If-Match": '"an-old-one"' } } as const;
const stale = await codeOf(a.api.patch("/v1/me/plan/items/{item}", moved));

const own: string[] = [];
for await (const one of a.api.items("/v1/me/reports", { query: { limit: 1 } })) own.push(one.id);
const pages = requests.filter((request) => request.startsWith("GET /v1/me/reports 200")).length;

const form = await a.api.get("/v1/questions");
const again = await a.api.get("/v1/questions");
const kept = form === again && requests.includes("GET /v1/questions 304");

await a.api.delete("/v1/me");
const erased = await codeOf(a.api.get("/v1/me"));

const first = answered.view.outcome;
console.log(
  JSON.stringify({
    basis,
    refused,
    first,
    plan: plan.map(({ activity }) => activity),
    stale,
    reports: new Set(own).size,
    pages,
    kept,
    other,
    erased,
  }),
);
