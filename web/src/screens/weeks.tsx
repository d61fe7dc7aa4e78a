import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { api, type Schemas } from "../api.ts";
import { asDay, weekday } from "../dates.ts";
import { useAction } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { texts } from "../texts.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Four weeks laid out in the evenings that are free. Nothing of it is kept. */
export function Weeks(): VNode {
  const { act, busy, problem } = useAction();
  const [days, setDays] = useState<readonly (typeof DAYS)[number][]>([]);
  const [from, setFrom] = useState("20:00");
  const [to, setTo] = useState("21:30");
  const [weeks, setWeeks] = useState<Schemas["ProposedWeek"][]>();
  const ids = { from: useId(), to: useId() };
  const toggle = (day: (typeof DAYS)[number]): void =>
    setDays(days.includes(day) ? days.filter((one) => one !== day) : [...days, day]);
  const lay = async (): Promise<void> => {
    const free = days.map((day) => ({ day, from, to }));
    setWeeks((await api.post("/v1/me/plan/proposals", { body: { weeks: 4, free } })).weeks);
  };
  return (
    <Page title={texts.plan.weeks}>
      <p>{texts.plan.weeksText}</p>
      <div class="chips wide" role="group" aria-label={texts.plan.when}>
        {DAYS.map((day) => (
          <button key={day} type="button" aria-pressed={days.includes(day)} onClick={() => toggle(day)}>
            {weekday(day)}
          </button>
        ))}
      </div>
      <p class="amount">
        <label for={ids.from}>{texts.plan.from}</label>
        <input id={ids.from} type="time" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
        <label for={ids.to}>{texts.plan.to}</label>
        <input id={ids.to} type="time" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </p>
      <button type="button" class="main" disabled={busy || days.length === 0} onClick={() => act(lay)}>
        {texts.plan.lay}
      </button>
      <ProblemNote problem={problem} />
      <div role="status">
        {weeks?.every(({ items }) => items.length === 0) && <p>{texts.plan.noWeeks}</p>}
        {weeks?.filter(({ items }) => items.length > 0).map((week) => <Week key={week.starts_on} week={week} />)}
      </div>
    </Page>
  );
}

function Week({ week: { starts_on, items } }: { week: Schemas["ProposedWeek"] }): VNode {
  return (
    <section class="card">
      <h2>{asDay(starts_on)}</h2>
      <ul>
        {items.map((item) => (
          <li key={item.activity + item.on}>
            {asDay(item.on)}, {item.at}: {item.title} ({texts.today.minutes(item.minutes)})
          </li>
        ))}
      </ul>
    </section>
  );
}
