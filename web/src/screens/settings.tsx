import type { ComponentChildren, VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { api, forgetPhone, type Schemas } from "../api.ts";
import { useApp, type Shared } from "../context.ts";
import { countries } from "../countries.ts";
import { asDay } from "../dates.ts";
import { useAction, useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { texts } from "../texts.ts";

interface Data {
  me: Schemas["Me"];
  consents: Schemas["Consent"][];
  logins: Schemas["Login"][];
  locales: string[];
  shared: Shared;
}

interface Props {
  data: Data;
  again: () => Promise<void>;
}

const t = texts.settings;

export function Settings(): VNode {
  const app = useApp();
  const loaded = useLoaded(async (): Promise<Data> => {
    const shared = await app.shared();
    const [me, consents, locales] = [await api.get("/v1/me"), await api.get("/v1/me/consents"), await api.get("/v1/locales")];
    const logins: Schemas["Login"][] = [];
    for await (const login of api.items("/v1/me/tokens")) logins.push(login);
    return { me, consents: consents.data, logins, locales: locales.data.map(({ id }) => id), shared };
  });
  if (!loaded.data) {
    return (
      <Page title={t.title} tabs>
        <Waiting loaded={loaded} />
      </Page>
    );
  }
  const props = { data: loaded.data, again: loaded.again };
  return (
    <Page title={t.title} tabs>
      <AboutYou {...props} />
      <Partner {...props} />
      <Personal />
      <Passphrase {...props} />
      <Devices {...props} />
      <Agreed {...props} />
      <Log shared={loaded.data.shared} />
      <Export />
      <Ending />
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <details class="card">
      <summary>
        <span class="title">{title}</span>
      </summary>
      {children}
    </details>
  );
}

function AboutYou({ data: { me, locales }, again }: Props): VNode {
  const { act, busy, problem } = useAction();
  const [country, setCountry] = useState(me.country ?? "");
  const [locale, setLocale] = useState(me.locale ?? "en");
  const [saved, setSaved] = useState(false);
  const ids = { country: useId(), locale: useId() };
  const save = async (): Promise<void> => {
    setSaved(false);
    await api.patch("/v1/me", { body: { country: country || null, locale } });
    await again();
    setSaved(true);
  };
  const names = new Intl.DisplayNames([navigator.language, "en"], { type: "language" });
  return (
    <Section title={t.you}>
      <label for={ids.country}>{t.country}</label>
      <select id={ids.country} value={country} onChange={(event) => setCountry(event.currentTarget.value)}>
        <option value="" />
        {countries().map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <label for={ids.locale}>{t.language}</label>
      <select id={ids.locale} value={locale} onChange={(event) => setLocale(event.currentTarget.value)}>
        {[...new Set([...locales, locale])].map((id) => (
          <option key={id} value={id}>
            {names.of(id)}
          </option>
        ))}
      </select>
      <button type="button" class="main" disabled={busy} onClick={() => act(save)}>
        {texts.save}
      </button>
      <p role="status">{saved ? texts.saved : ""}</p>
      <ProblemNote problem={problem} />
    </Section>
  );
}

function Partner({ data: { me }, again }: Props): VNode {
  const { go } = useApp();
  const { act, busy, problem } = useAction();
  const end = async (): Promise<void> => {
    await api.delete("/v1/me/couple");
    await again();
  };
  return (
    <Section title={t.partner}>
      <p>{me.linked ? t.linked : t.notLinked}</p>
      {me.linked ? (
        <>
          <p>{t.leaveText}</p>
          <Twice label={t.leave} sure={t.leaveYes} busy={busy} act={() => act(end)} />
        </>
      ) : (
        <p class="actions">
          <button type="button" onClick={() => go({ is: "invite" })}>
            {texts.today.invite}
          </button>
          <button type="button" onClick={() => go({ is: "code", begun: false })}>
            {texts.code.title}
          </button>
        </p>
      )}
      <ProblemNote problem={problem} />
    </Section>
  );
}

/** A button that asks once more before it does what cannot be taken back. */
function Twice({ label, sure, busy, act }: { label: string; sure: string; busy: boolean; act: () => void }): VNode {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <button type="button" disabled={busy} onClick={() => setAsked(true)}>
        {label}
      </button>
    );
  }
  return (
    <p class="actions">
      <button type="button" class="main" disabled={busy} onClick={act}>
        {sure}
      </button>
      <button type="button" disabled={busy} onClick={() => setAsked(false)}>
        {texts.cancel}
      </button>
    </p>
  );
}

function Personal(): VNode {
  const { go } = useApp();
  return (
    <Section title={texts.sitting.personal}>
      <p>{t.personalText}</p>
      <button type="button" onClick={() => go({ is: "alone", then: "check-in" })}>
        {t.personal}
      </button>
    </Section>
  );
}

function Passphrase({ data: { me }, again }: Props): VNode {
  const { act, busy, problem } = useAction();
  const [phrase, setPhrase] = useState("");
  const [newPhrase, setNewPhrase] = useState("");
  const [saved, setSaved] = useState(false);
  const ids = { phrase: useId(), newPhrase: useId() };
  const unlock = async (): Promise<void> => {
    await api.post("/v1/me/unlock", { body: { passphrase: phrase } });
    setPhrase("");
    await again();
  };
  const lock = async (): Promise<void> => {
    await api.delete("/v1/me/unlock");
    await again();
  };
  const set = async (): Promise<void> => {
    setSaved(false);
    await api.put("/v1/me/passphrase", { body: { passphrase: newPhrase } });
    setNewPhrase("");
    await again();
    setSaved(true);
  };
  return (
    <Section title={t.lock}>
      <p>{t.lockText}</p>
      <p role="status">{me.unlocked ? t.unlocked : t.locked}</p>
      {me.unlocked && (
        <button type="button" disabled={busy} onClick={() => act(lock)}>
          {t.lockNow}
        </button>
      )}
      <label for={ids.phrase}>{t.passphrase}</label>
      <input id={ids.phrase} type="password" autoComplete="off" value={phrase} onInput={(event) => setPhrase(event.currentTarget.value)} />
      <button type="button" class="main" disabled={busy || !phrase} onClick={() => act(unlock)}>
        {t.unlock}
      </button>
      <label for={ids.newPhrase}>{t.newPassphrase}</label>
      <input
        id={ids.newPhrase}
        type="password"
        autoComplete="off"
        value={newPhrase}
        onInput={(event) => setNewPhrase(event.currentTarget.value)}
      />
      <button type="button" disabled={busy || !newPhrase} onClick={() => act(set)}>
        {t.setPassphrase}
      </button>
      <p role="status">{saved ? texts.saved : ""}</p>
      <ProblemNote problem={problem} />
    </Section>
  );
}

function Devices({ data: { logins }, again }: Props): VNode {
  const { act, busy, problem } = useAction();
  const end = async (token_id: string): Promise<void> => {
    await api.delete("/v1/me/tokens/{token_id}", { path: { token_id } });
    await again();
  };
  return (
    <Section title={t.devices}>
      <p>{t.devicesText}</p>
      <ul>
        {logins.map(({ id, created_at, is_this }) => (
          <li key={id}>
            {t.since(asDay(created_at))} {is_this ? `(${t.thisOne})` : ""}
            {!is_this && (
              <button type="button" class="quiet" disabled={busy} onClick={() => act(() => end(id))}>
                {t.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      <ProblemNote problem={problem} />
    </Section>
  );
}

function Agreed({ data: { consents }, again }: Props): VNode {
  const { act, busy, problem } = useAction();
  const withdraw = async ({ purpose, version }: Schemas["Consent"]): Promise<void> => {
    await api.put("/v1/me/consents/{purpose}", { path: { purpose: purpose as "processing" }, body: { version, granted: false } });
    await again();
  };
  return (
    <Section title={t.consents}>
      {consents
        .filter(({ granted }) => granted)
        .map((consent) => (
          <div key={consent.purpose}>
            <p class="long">{consent.text}</p>
            <p class="small">{consent.on_withdrawal}</p>
            <Twice label={t.withdraw} sure={t.withdrawYes} busy={busy} act={() => act(() => withdraw(consent))} />
          </div>
        ))}
      <ProblemNote problem={problem} />
    </Section>
  );
}

function Log({ shared }: { shared: Shared }): VNode {
  const { act, busy, problem } = useAction();
  const [entries, setEntries] = useState<Schemas["AccessEntry"][]>();
  const load = async (): Promise<void> => setEntries((await api.get("/v1/me/access-log", { query: { limit: 50 } })).data);
  return (
    <Section title={t.log}>
      {entries ? (
        <ul>
          {entries.map(({ day, kind }, index) => (
            <li key={index}>
              {asDay(day)}: {shared.word("access_event", kind)}
            </li>
          ))}
        </ul>
      ) : (
        <button type="button" disabled={busy} onClick={() => act(load)}>
          {t.logGo}
        </button>
      )}
      <ProblemNote problem={problem} />
    </Section>
  );
}

function Export(): VNode {
  const { act, busy, problem } = useAction();
  const save = async (): Promise<void> => {
    const file = new Blob([JSON.stringify(await api.get("/v1/me/export"), null, 2)], { type: "application/json" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "data.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Section title={t.export}>
      <p>{t.exportText}</p>
      <button type="button" disabled={busy} onClick={() => act(save)}>
        {t.exportGo}
      </button>
      <ProblemNote problem={problem} />
    </Section>
  );
}

function Ending(): VNode {
  const app = useApp();
  const { act, busy, problem } = useAction();
  const erase = async (): Promise<void> => {
    const receipt = await api.delete("/v1/me");
    api.forget();
    app.replace({ is: "erased", receipt });
  };
  const forget = async (): Promise<void> => {
    await forgetPhone();
    location.reload();
  };
  return (
    <Section title={t.ending}>
      <p>{t.forgetText}</p>
      <Twice label={t.forget} sure={t.forgetYes} busy={busy} act={() => act(forget)} />
      <p>{t.eraseText}</p>
      <Twice label={t.erase} sure={t.eraseYes} busy={busy} act={() => act(erase)} />
      <ProblemNote problem={problem} />
    </Section>
  );
}

export function Erased({ receipt }: { receipt: Schemas["Receipt"] }): VNode {
  return (
    <Page title={t.erased}>
      <p>{t.receipt(receipt.receipt)}</p>
      <p>{t.shredded(asDay(receipt.shredded_by))}</p>
    </Page>
  );
}
