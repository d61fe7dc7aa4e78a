import { createHash } from "node:crypto";
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { newSecret } from "./settings.ts";

/** What is known of one phone: whose it is, and which of the partner's tokens it holds. Never the token itself. */
export interface Session {
  partner: string;
  token: string | null;
  until: number;
}

export const DAYS = 90;

const marked = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

/** The logins of all phones, by the hash of a secret that only the phone's cookie holds. */
export class Sessions {
  readonly #file: string | undefined;
  readonly #sessions: Map<string, Session>;

  constructor(file: string | undefined) {
    this.#file = file;
    this.#sessions = new Map(file ? entriesOf(file) : []);
  }

  open(partner: string, token: string): string {
    const secret = newSecret();
    this.#sessions.set(marked(secret), { partner, token, until: Date.now() + DAYS * 86_400_000 });
    this.#save();
    return secret;
  }

  find(secret: string | undefined): Session | undefined {
    const session = secret ? this.#sessions.get(marked(secret)) : undefined;
    return session && session.until > Date.now() ? session : undefined;
  }

  holds(session: Session, token: string | null): void {
    session.token = token;
    this.#save();
  }

  /** Ends the sessions for which `is` holds. */
  end(is: (session: Session) => boolean): void {
    for (const [id, session] of this.#sessions) if (is(session)) this.#sessions.delete(id);
    this.#save();
  }

  #save(): void {
    if (!this.#file) return;
    const lasting = [...this.#sessions].filter(([, { until }]) => until > Date.now());
    const draft = `${this.#file}.new`;
    writeFileSync(draft, JSON.stringify(lasting), { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, this.#file);
  }
}

function entriesOf(file: string): [string, Session][] {
  try {
    return JSON.parse(readFileSync(file, "utf-8")) as [string, Session][];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
