import { randomBytes } from "node:crypto";

export interface Settings {
  /** Where the Rekindle API answers. */
  api: string;
  /** The integrator's key. It stays in this process. */
  key: string;
  host: string;
  port: number;
  /** The page that "Exit this page" goes to: one of ours, or any other address. */
  exit: string;
  /** The file in which logins are kept; none: they end with this process. */
  sessions: string | undefined;
  /** Whether cookies are sent over https alone. */
  secure: boolean;
}

/** Return the settings from environment variables; throw with what is missing. */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const key = variables.REKINDLE_APP_KEY;
  if (!key) throw new Error("Set REKINDLE_APP_KEY to an integrator's key: rekindle integrators create NAME --mode test");
  return {
    api: (variables.REKINDLE_APP_API ?? "http://127.0.0.1:8000").replace(/\/$/, ""),
    key,
    host: variables.REKINDLE_APP_HOST ?? "127.0.0.1",
    port: Number(variables.REKINDLE_APP_PORT ?? 8100),
    exit: variables.REKINDLE_APP_EXIT ?? "/measures",
    sessions: variables.REKINDLE_APP_SESSIONS || undefined,
    secure: variables.REKINDLE_APP_SECURE === "true",
  };
}

/** Whether the present can be set, as with test data alone. */
export function isTest({ key }: Settings): boolean {
  return key.startsWith("rk_test_");
}

export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}
