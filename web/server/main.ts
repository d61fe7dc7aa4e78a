import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ConnectionError, ProblemError } from "@rekindle/client";
import { harden, readFiles, serveFile } from "./files.ts";
import { pass } from "./gateway.ts";
import { fromOwnPage, Refusal, refuse, send } from "./http.ts";
import { Phones } from "./phones.ts";
import { isTest, readSettings } from "./settings.ts";

const settings = readSettings(process.env);
const files = readFiles(join(import.meta.dirname, "../page"));
const phones = new Phones(settings);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").replace(/\?.*$/, "");
  harden(response);
  if (request.method === "GET" && serveFile(response, path, files)) return;
  fromOwnPage(request);
  if (path.startsWith("/api/")) return pass(phones, request, response);
  switch (`${request.method} ${path}`) {
    case "GET /app":
      return send(response, 200, JSON.stringify({ exit: settings.exit, begun: hasBegun(request), test: isTest(settings) }));
    case "POST /app/begin":
      return phones.begin(request, response);
    case "POST /app/invite":
      return phones.invite(request, response);
    case "POST /app/close":
      return phones.close(request, response);
    case "POST /app/forget":
      phones.forget(request, response);
      return send(response, 204, "");
    default:
      throw new Refusal(404, "not_found", "There is nothing here");
  }
}

function hasBegun(request: IncomingMessage): boolean {
  try {
    return Boolean(phones.session(request));
  } catch {
    return false;
  }
}

/** Answers with what went wrong; a log line has the kind of error and no word of the request. */
function fail(error: unknown, response: ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  if (error instanceof Refusal) return refuse(response, error);
  if (error instanceof ProblemError) return send(response, error.status, JSON.stringify(error.problem), "application/problem+json");
  if (error instanceof ConnectionError) return refuse(response, new Refusal(503, "not_ready", "The server cannot be reached"));
  console.error(error instanceof Error ? error.name : "Error");
  refuse(response, new Refusal(500, "internal_error", "Something went wrong here"));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => fail(error, response));
});
server.requestTimeout = 30_000;
server.listen(settings.port, settings.host, () => {
  const { port } = server.address() as AddressInfo;
  console.log(`the app answers at http://${settings.host}:${port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
