import { readFileSync, readdirSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing from elsewhere, nothing inline, no frame around it. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function harden(response: ServerResponse): void {
  response.setHeader("content-security-policy", POLICY);
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("permissions-policy", "camera=(), microphone=(), geolocation=()");
}

/** The files of the page, read once, by their path in an address. */
export function readFiles(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll("\\", "/"));
  const files = new Map(paths.map((path) => [path, readFileSync(join(folder, path))]));
  for (const [page, file] of Object.entries({ "/": "/index.html", "/measures": "/measures.html" })) {
    files.set(page, files.get(file) ?? Buffer.from(""));
  }
  return files;
}

/** Answers with a file, or says that there is none. Only what has its content in its name may be kept by a browser. */
export function serveFile(response: ServerResponse, path: string, files: ReadonlyMap<string, Buffer>): boolean {
  const file = files.get(path);
  if (!file) return false;
  const isLasting = path.startsWith("/assets/");
  response.writeHead(200, {
    "content-type": TYPES[extname(path) || ".html"] ?? "application/octet-stream",
    "cache-control": isLasting ? "public, max-age=31536000, immutable" : "no-store",
  });
  response.end(file);
  return true;
}
