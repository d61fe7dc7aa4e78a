import type { IncomingMessage, ServerResponse } from "node:http";
import { Client, ProblemError } from "@rekindle/client";
import { cookie, setCookie } from "./cookies.ts";
import { bodyOf, Refusal, send } from "./http.ts";
import { Sessions, type Session } from "./sessions.ts";
import { isTest, type Settings } from "./settings.ts";

const TOKEN_SECONDS = 3_600;

/** The header with which test data sets the present, as the page's request has it. */
export function presentOf({ headers }: IncomingMessage): Record<string, string> {
  const now = headers["rekindle-test-now"];
  return typeof now === "string" ? { "Rekindle-Test-Now": now } : {};
}

/** What this back end does with its key: it adds people, mints their tokens, and invites. It reads no answer. */
export class Phones {
  readonly #api: Client;
  readonly #minting = new Map<Session, Promise<string>>();
  readonly sessions: Sessions;

  constructor(readonly settings: Settings) {
    this.#api = new Client({ baseUrl: settings.api, token: () => settings.key });
    this.sessions = new Sessions(settings.sessions);
  }

  session(request: IncomingMessage): Session {
    const session = this.sessions.find(cookie(request, "s"));
    if (!session) throw new Refusal(401, "no_session", "Nobody has begun on this phone");
    return session;
  }

  /** Adds a person and logs this phone in as them. */
  async begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.sessions.find(cookie(request, "s"))) return send(response, 204, "");
    const told = JSON.parse((await bodyOf(request)).toString() || "{}") as Record<string, string | undefined>;
    const { country, locale, time_zone } = told;
    const made = await this.#api.post("/v1/partners", {
      body: { adult: true, country, locale, time_zone, token: { expires_in: TOKEN_SECONDS } },
      headers: this.#now(request),
    });
    const token = made.token ?? (await this.#mint(made.id, request));
    this.#set(response, "s", this.sessions.open(made.id, token.id));
    this.#set(response, "t", token.token);
    send(response, 204, "");
  }

  /** Makes an invitation for the other partner, and the couple with the first one. */
  async invite(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { partner } = this.session(request);
    const headers = this.#now(request);
    const { data } = await this.#api.get("/v1/couples", { query: { partner }, headers });
    const couple = data[0]?.id;
    const { code, expires_at } = couple
      ? await this.#api.post("/v1/couples/{couple_id}/invitations", { path: { couple_id: couple }, headers })
      : await this.#firstInvitation(partner, headers);
    send(response, 200, JSON.stringify({ code, expires_at }));
  }

  async #firstInvitation(partner: string, headers: Record<string, string>): Promise<{ code: string; expires_at: string }> {
    const made = await this.#api.post("/v1/couples", { body: { partner, invite: true }, headers });
    if (!made.invitation) throw new Refusal(502, "no_invitation", "The invitation was not made");
    return made.invitation;
  }

  /** Ends the token of this phone, and with it whatever a passphrase opened; the phone stays logged in. */
  async close(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.sessions.find(cookie(request, "s"));
    this.#set(response, "t", null);
    send(response, 204, "");
    const token = session?.token;
    if (!session || !token) return;
    this.sessions.holds(session, null);
    const path = { partner_id: session.partner, token_id: token };
    await this.#api
      .delete("/v1/partners/{partner_id}/tokens/{token_id}", { path, headers: this.#now(request) })
      .catch(() => undefined);
  }

  /** Forgets this phone. */
  forget(request: IncomingMessage, response: ServerResponse): void {
    const session = this.sessions.find(cookie(request, "s"));
    this.sessions.end((other) => other === session);
    this.#set(response, "s", null);
    this.#set(response, "t", null);
  }

  /** Returns a fresh token for the session, and gives it to the phone. Requests that need one together share it. */
  async renew(session: Session, request: IncomingMessage, response: ServerResponse): Promise<string> {
    let minting = this.#minting.get(session);
    if (!minting) {
      minting = this.#mint(session.partner, request).then(({ id, token }) => {
        this.sessions.holds(session, id);
        return token;
      });
      this.#minting.set(session, minting);
      const forget = (): void => void this.#minting.delete(session);
      minting.then(forget, forget);
    }
    const token = await minting.catch((error: unknown) => this.#gone(error, request, response));
    this.#set(response, "t", token);
    return token;
  }

  /** Forgets the phone where its partner is no more. */
  #gone(error: unknown, request: IncomingMessage, response: ServerResponse): never {
    if (!(error instanceof ProblemError) || error.status !== 404) throw error;
    this.forget(request, response);
    throw new Refusal(401, "no_session", "Nobody has begun on this phone");
  }

  #mint(partner: string, request: IncomingMessage): Promise<{ id: string; token: string }> {
    const path = { partner_id: partner };
    const body = { expires_in: TOKEN_SECONDS };
    return this.#api.post("/v1/partners/{partner_id}/tokens", { path, body, headers: this.#now(request) });
  }

  #now(request: IncomingMessage): Record<string, string> {
    return isTest(this.settings) ? presentOf(request) : {};
  }

  #set(response: ServerResponse, name: "s" | "t", value: string | null): void {
    setCookie(response, name, value, this.settings.secure);
  }
}
