import type { IncomingMessage, ServerResponse } from "node:http";
import { DAYS } from "./sessions.ts";

/** `s`: the secret of the phone's session. `t`: the partner token. No script of a page can read either. */
export type CookieName = "s" | "t";

export function cookie(request: IncomingMessage, name: CookieName): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(/;\s*/).map((pair) => pair.split("="));
  return pairs.find(([key]) => key === name)?.[1];
}

/** Sets a cookie for as long as a session lasts; null takes it away. */
export function setCookie(response: ServerResponse, name: CookieName, value: string | null, secure: boolean): void {
  const age = value === null ? 0 : DAYS * 86_400;
  const line = `${name}=${value ?? ""}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  const others = [response.getHeader("set-cookie") ?? []].flat().map(String);
  response.setHeader("set-cookie", [...others.filter((other) => !other.startsWith(`${name}=`)), line]);
}
