import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { api, begin, settings } from "../api.ts";
import { useApp, type Screen } from "../context.ts";
import { countries, guessedCountry } from "../countries.ts";
import { weekBefore } from "../dates.ts";
import { leaveTo } from "../leave.ts";
import { useAction, useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { texts } from "../texts.ts";

/** The same for everybody, whoever has used this phone: it tells nothing. */
export function Start(): VNode {
  const app = useApp();
  const { act, busy, problem } = useAction();
  const open = async (): Promise<void> => {
    const { exit, begun } = await settings();
    leaveTo(exit);
    return begun ? app.resume() : app.go({ is: "welcome" });
  };
  return (
    <Page title={texts.start.title} neutral>
      <p>{texts.start.text}</p>
      <button type="button" class="main" disabled={busy} onClick={() => act(open)}>
        {texts.start.open}
      </button>
      <ProblemNote problem={problem} />
    </Page>
  );
}

export function Welcome(): VNode {
  const app = useApp();
  const { act, busy, problem } = useAction();
  const [country, setCountry] = useState(guessedCountry());
  const [adult, setAdult] = useState(false);
  const start = async (withCode: boolean): Promise<void> => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    await begin({ country: country || undefined, locale: navigator.language, time_zone: timeZone });
    // The consent stands between: without it nothing is kept, a link neither.
    if (withCode) app.code.current ??= "";
    await app.resume();
  };
  return (
    <Page title={texts.welcome.title}>
      {texts.welcome.text.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <label>
        {texts.welcome.country}
        <select value={country} onChange={(event) => setCountry(event.currentTarget.value)}>
          <option value="" />
          {countries().map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <span class="small">{texts.welcome.countryHint}</span>
      </label>
      <label class="check">
        <input type="checkbox" checked={adult} onChange={(event) => setAdult(event.currentTarget.checked)} />
        {texts.welcome.adult}
      </label>
      {!adult && <p class="small">{texts.welcome.adultNeeded}</p>}
      <button type="button" class="main" disabled={!adult || busy} onClick={() => act(() => start(app.code.current !== null))}>
        {texts.welcome.begin}
      </button>
      {app.code.current === null && (
        <button type="button" disabled={!adult || busy} onClick={() => act(() => start(true))}>
          {texts.welcome.code}
        </button>
      )}
      <ProblemNote problem={problem} />
    </Page>
  );
}

export function Code({ begun }: { begun: boolean }): VNode {
  const app = useApp();
  const { act, busy, problem } = useAction();
  const [code, setCode] = useState(app.code.current ?? "");
  const accept = async (): Promise<void> => {
    await api.post("/v1/invitations/accept", { body: { code: code.trim() } });
    app.code.current = null;
    app.replace({ is: "consent", purpose: "pooling" });
  };
  const goAlone = (): Promise<void> => {
    app.code.current = null;
    return app.resume();
  };
  return (
    <Page title={texts.code.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act(accept);
        }}
      >
        <label>
          {texts.code.label}
          <input
            value={code}
            autoComplete="off"
            autoCapitalize="characters"
            spellcheck={false}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <span class="small">{texts.code.hint}</span>
        </label>
        <button type="submit" class="main" disabled={busy || !code.trim()}>
          {texts.code.go}
        </button>
      </form>
      <ProblemNote problem={problem} />
      {begun && (
        <>
          <p>{texts.code.text}</p>
          <button type="button" disabled={busy} onClick={() => act(goAlone)}>
            {texts.code.alone}
          </button>
        </>
      )}
    </Page>
  );
}

export function Consent({ purpose }: { purpose: "processing" | "pooling" }): VNode {
  const app = useApp();
  const consents = useLoaded(() => api.get("/v1/me/consents"));
  const { act, busy, problem } = useAction();
  const consent = consents.data?.data.find((one) => one.purpose === purpose);
  const decide = async (granted: boolean): Promise<void> => {
    if (granted) await api.put("/v1/me/consents/{purpose}", { path: { purpose }, body: { version: consent?.version ?? "", granted } });
    if (granted && purpose === "pooling") await letAnswersHold();
    return granted || purpose === "processing" ? app.resume() : app.replace(await afterPooling());
  };
  return (
    <Page title={texts.consent[purpose]}>
      {!consent ? (
        <Waiting loaded={consents} />
      ) : (
        <>
          <p class="long">{consent.text}</p>
          <details>
            <summary>{texts.consent.ifWithdrawn}</summary>
            <p class="long">{consent.on_withdrawal}</p>
          </details>
          <button type="button" class="main" disabled={busy} onClick={() => act(() => decide(true))}>
            {texts.consent.agree}
          </button>
          {purpose === "pooling" ? (
            <button type="button" disabled={busy} onClick={() => act(() => decide(false))}>
              {texts.consent.notNow}
            </button>
          ) : (
            <p class="small">{texts.consent.without}</p>
          )}
          <ProblemNote problem={problem} />
        </>
      )}
    </Page>
  );
}

/** Says that this week's answers still hold: those from before agreeing do not count for the other. */
async function letAnswersHold(): Promise<void> {
  const { next_check_in_on } = await api.get("/v1/me/check-in");
  const { data } = await api.get("/v1/me/reports", { query: { limit: 1 } });
  const answered_on = data[0]?.reported_on;
  if (answered_on && answered_on >= weekBefore(next_check_in_on)) await api.post("/v1/me/check-ins", { body: { answered_on } });
}

/** Goes on without pooling: to what is there already, or to the first questions. */
async function afterPooling(): Promise<Screen> {
  const { data } = await api.get("/v1/me/reports", { query: { limit: 1 } });
  return data.length ? { is: "today", said: null } : { is: "alone", then: "sitting" };
}

/** Asked before any personal question, every time. */
export function Alone({ then }: { then: "sitting" | "check-in" }): VNode {
  const app = useApp();
  const later = (): void => (then === "sitting" ? app.replace({ is: "sitting", personal: false }) : app.replace({ is: "settings" }));
  return (
    <Page title={texts.alone.title}>
      <p>{texts.alone.text}</p>
      <p>{texts.exitHint}</p>
      <button type="button" class="main" onClick={() => app.replace({ is: then, personal: true })}>
        {texts.alone.yes}
      </button>
      <button type="button" onClick={later}>
        {texts.alone.no}
      </button>
      <p class="small">{texts.alone.later}</p>
    </Page>
  );
}
