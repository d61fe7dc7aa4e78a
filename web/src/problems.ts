import { ConnectionError, ProblemError } from "@rekindle/client";
import { Unreachable } from "./api.ts";

export type WayOn = "again" | "resume" | "start" | "settings" | "plan";

export interface Explained {
  title: string;
  text: string;
  way: WayOn;
}

const start = (title: string, text: string): Explained => ({ title, text, way: "start" });
const again = (title: string, text: string): Explained => ({ title, text, way: "again" });
const resume = (title: string, text: string): Explained => ({ title, text, way: "resume" });

const LOGGED_OUT = start("You are logged out", "You were logged out on this phone, perhaps from another one.");
const OURS = start("That didn’t work", "It’s our mistake, not yours. Nothing of yours is lost. Please start over.");
const UNDER_WAY = again("It is still on its way", "What you sent is being worked on. Wait a moment and try again.");
const LATER = again("We can’t be reached just now", "Please wait a minute and try again. Nothing of yours is lost.");

/** For each code of a problem that a person can meet: what it means to them, and the way on. */
const EXPLAINED: Record<string, Explained> = {
  no_session: LOGGED_OUT,
  credentials_missing: LOGGED_OUT,
  credentials_malformed: LOGGED_OUT,
  credentials_unknown: LOGGED_OUT,
  credentials_expired: start("You were away for a while", "For your safety you were logged out. Open the page again."),
  credentials_revoked: LOGGED_OUT,
  consent_required: resume("We need your consent first", "You haven’t agreed to this, or you took it back."),
  passphrase_refused: again(
    "That didn’t open it",
    "The passphrase isn’t right, or there is none yet. After a few wrong ones you have to wait a little longer each time.",
  ),
  not_found: resume("That isn’t there any more", "It was changed or taken away in the meantime."),
  invitation_not_found: again(
    "This code doesn’t work",
    "It may have a typing mistake, or it was used already, or its time is up. Ask your partner for a new one.",
  ),
  no_report: resume("You haven’t answered anything yet", "Answer a few questions first. Then there is something to show you."),
  external_id_taken: OURS,
  not_linked: { ...resume("You are not linked yet", "First invite your partner, or enter their code."), way: "settings" },
  other_consent_text: resume("The wording has changed", "Please read it once more before you agree."),
  too_many_yeses: {
    title: "That’s a lot of yeses",
    text: "You have twelve open at the moment. Take one back, or wait: each one runs out by itself after a while.",
    way: "plan",
  },
  too_many_keys: OURS,
  too_many_tokens: OURS,
  too_many_invitations: {
    title: "There are invitations open already",
    text: "Nobody has used them yet, so one of those codes still works. They run out by themselves after a while.",
    way: "settings",
  },
  ruleset_gone: resume("That’s from too long ago", "We can no longer show this as it was then."),
  format_retired: resume("That’s from too long ago", "We can no longer show this as it was then."),
  still_running: UNDER_WAY,
  other_version: { title: "It was changed in the meantime", text: "Have a look at how it is now.", way: "plan" },
  version_needed: { title: "It was changed in the meantime", text: "Have a look at how it is now.", way: "plan" },
  body_too_large: OURS,
  headers_too_large: OURS,
  too_many_connections: again("That was a bit fast", "Please wait a little, then try again."),
  unsupported_media_type: OURS,
  method_not_allowed: OURS,
  malformed_request: OURS,
  malformed_json: OURS,
  scope_missing: OURS,
  token_needed: OURS,
  key_needed: OURS,
  idempotency_key_reused: OURS,
  other_site: OURS,
  validation_failed: again("Something in there doesn’t fit", "Please look at it again."),
  too_many_requests: again("That was a bit fast", "Please wait a little, then try again."),
  internal_error: OURS,
  took_too_long: again("That took too long", "It took longer than it should. Please try once more."),
  not_ready: LATER,
  database_unavailable: LATER,
};

const OFFLINE = again("No connection", "Your phone can’t reach us right now. What you have typed is still here.");

/** Return what a failure means to the person, whatever it is. */
export function explain(problem: unknown): Explained {
  if (problem instanceof ConnectionError || problem instanceof Unreachable) return OFFLINE;
  if (!(problem instanceof ProblemError)) return OURS;
  const known = EXPLAINED[problem.code];
  if (known) return known;
  return problem.status >= 500 ? LATER : again(problem.problem.title, problem.message);
}

/** Return the mistakes of a refused form, in words; they name no private answer. */
export function mistakesOf(problem: unknown): string[] {
  return problem instanceof ProblemError ? problem.mistakes.map(({ detail }) => detail) : [];
}

/** Return the code of a problem that is not the person's to mend, for whoever looks after the server. */
export function referenceOf(problem: unknown): string | undefined {
  if (!(problem instanceof ProblemError)) return undefined;
  const isTheirs = explain(problem) !== OURS && problem.status < 500;
  return isTheirs ? undefined : problem.problem.request_id || undefined;
}
