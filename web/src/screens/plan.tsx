import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { ProblemError } from "@rekindle/client";
import { api, type Schemas } from "../api.ts";
import { useApp, type Shared } from "../context.ts";
import { asTime } from "../dates.ts";
import { useAction, useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { texts } from "../texts.ts";

type Item = Schemas["PlanItem"];

const TITLES = ["reserved", "time_out", "errand", "call", "evening", "walk", "meal", "class", "trip"] as const;
type Title = (typeof TITLES)[number];

/** What both said yes to, and what this person said yes to for themselves, with times. */
export function Plan(): VNode {
  const app = useApp();
  const plan = useLoaded(async () => ({ items: (await api.get("/v1/me/plan")).data, shared: await app.shared() }));
  return (
    <Page title={texts.plan.title} tabs>
      {plan.data ? (
        <>
          {plan.data.items.length === 0 && <p>{texts.plan.empty}</p>}
          {plan.data.items.map((item) => (
            <PlanItem key={item.id + item.etag} item={item} shared={plan.data!.shared} changed={plan.again} />
          ))}
          <section class="card">
            <h2>{texts.plan.weeks}</h2>
            <p>{texts.plan.weeksText}</p>
            <button type="button" onClick={() => app.go({ is: "weeks" })}>
              {texts.plan.lay}
            </button>
          </section>
          <Calendar />
        </>
      ) : (
        <Waiting loaded={plan} />
      )}
    </Page>
  );
}

function PlanItem({ item, shared, changed }: { item: Item; shared: Shared; changed: () => Promise<void> }): VNode {
  const { go } = useApp();
  const { act, busy, problem } = useAction();
  const [when, setWhen] = useState(item.scheduled_for?.slice(0, 16) ?? "");
  const [title, setTitle] = useState(item.title);
  const ids = { when: useId(), title: useId() };
  const save = (): void =>
    act(async () => {
      const body = { title: TITLES.find((one) => one === title) as Title | undefined, scheduled_for: when || null };
      await api.patch("/v1/me/plan/items/{item}", { path: { item: item.id }, body, headers: { "If-Match": item.etag } }).catch(
        async (error: unknown) => {
          // Another phone of the same person was quicker: what is there now is shown instead.
          if (error instanceof ProblemError && error.code === "other_version") await changed();
          throw error;
        },
      );
      await changed();
    });
  return (
    <section class="card">
      <p class="kicker">{item.shared ? texts.plan.both : texts.plan.mine}</p>
      <h2>{item.activity_title}</h2>
      <p>{item.scheduled_for ? asTime(item.scheduled_for) : texts.plan.noTime}</p>
      <details>
        <summary>{item.scheduled_for ? texts.plan.another : texts.plan.when}</summary>
        <label for={ids.when}>{texts.plan.when}</label>
        <input id={ids.when} type="datetime-local" value={when} onInput={(event) => setWhen(event.currentTarget.value)} />
        <label for={ids.title}>{texts.plan.call}</label>
        <select id={ids.title} value={title} onChange={(event) => setTitle(event.currentTarget.value)}>
          {TITLES.map((one) => (
            <option key={one} value={one}>
              {shared.word("plan_title", one)}
            </option>
          ))}
        </select>
        <button type="button" class="main" disabled={busy} onClick={save}>
          {texts.save}
        </button>
      </details>
      <ProblemNote problem={problem} />
      <p class="actions">
        <button type="button" onClick={() => go({ is: "feedback", item, done: true })}>
          {item.shared ? texts.plan.did : texts.plan.didSolo}
        </button>
        <button type="button" onClick={() => go({ is: "feedback", item, done: false })}>
          {item.shared ? texts.plan.didNot : texts.plan.didNotSolo}
        </button>
      </p>
    </section>
  );
}

function Calendar(): VNode {
  const { act, busy, problem } = useAction();
  const [url, setUrl] = useState<string>();
  const [ended, setEnded] = useState(false);
  const make = async (): Promise<void> => {
    setEnded(false);
    setUrl((await api.post("/v1/me/calendar")).url);
  };
  const end = async (): Promise<void> => {
    await api.delete("/v1/me/calendar");
    setUrl(undefined);
    setEnded(true);
  };
  return (
    <section class="card">
      <h2>{texts.plan.calendar}</h2>
      <p>{texts.plan.calendarText}</p>
      <p role="status">{ended ? texts.plan.calendarEnded : ""}</p>
      {url && (
        <>
          <p class="links">
            <a href={url.replace(/^https?:/, "webcal:")} rel="noreferrer noopener">
              {texts.plan.calendarOpen}
            </a>
          </p>
          <p class="address">{url}</p>
        </>
      )}
      <p class="actions">
        <button type="button" disabled={busy} onClick={() => act(make)}>
          {texts.plan.calendarMake}
        </button>
        <button type="button" disabled={busy} onClick={() => act(end)}>
          {texts.plan.calendarEnd}
        </button>
      </p>
      <ProblemNote problem={problem} />
    </section>
  );
}
