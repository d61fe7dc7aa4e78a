import { Client, ProblemError, type Problem, type Schemas } from "@rekindle/client";

export type { Schemas };

export type View = Schemas["View"];
export type Activity = Schemas["Activity"];
export type Question = Schemas["Question"];
export type Questions = Schemas["QuestionForm"];
export type Answers = Schemas["PartialReport"];
export type Report = Schemas["SelfReport"];
export type Support = Schemas["Support"];
export type HelpLine = Schemas["HelpLine"];

/** The API, through our own back end: that adds the token of this phone. */
export const api = new Client({ baseUrl: `${location.origin}/api` });

export interface Settings {
  exit: string;
  begun: boolean;
  test: boolean;
}

/** Calls the back end's own part. */
async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Unreachable();
  });
  if (!response.ok) throw new ProblemError((await response.json()) as Problem, undefined);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The page has no connection to its own back end. */
export class Unreachable extends Error {}

export const settings = (): Promise<Settings> => call("GET", "/app");
export const begin = (who: { country: string | undefined; locale: string; time_zone: string }): Promise<void> =>
  call("POST", "/app/begin", who);
export const invite = (): Promise<Schemas["Invitation"]> => call("POST", "/app/invite");
export const forgetPhone = (): Promise<void> => call("POST", "/app/forget");
