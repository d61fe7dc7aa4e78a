import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { inWords } from "../answers.ts";
import { api, type Activity, type Schemas, type View } from "../api.ts";
import { useApp, type Said, type Shared } from "../context.ts";
import { weekBefore } from "../dates.ts";
import { leave } from "../leave.ts";
import { useAction, useLoaded, Waiting, type Loaded } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { Lines } from "../parts/support.tsx";
import { texts } from "../texts.ts";

type Choices = Map<string, Schemas["Choice"]>;

interface TodayData {
  said: Said;
  shared: Shared;
  choices: Choices;
}

/** The view. One that was said in the answer to a report is shown as it was; later it is read as the API gives it. */
export function Today({ said }: { said: Said | null }): VNode {
  const app = useApp();
  const [support, setSupport] = useState(said?.view.support ?? null);
  const loaded = useLoaded(async (): Promise<TodayData> => {
    const shared = await app.shared();
    const current = said && !said.view.support ? said : await api.get("/v1/me/view");
    return { said: current, shared, choices: await loadChoices() };
  });
  if (support) return <SupportScreen support={support} onwards={() => setSupport(null)} />;
  const view = loaded.data?.said.view;
  return (
    <Page title={view?.outcome === "nothing_now" ? texts.today.nothing : texts.today.title} tabs>
      {loaded.data && view ? <Menu {...loaded.data} loaded={loaded} /> : <Waiting loaded={loaded} />}
    </Page>
  );
}

async function loadChoices(): Promise<Choices> {
  const { data } = await api.get("/v1/me/choices");
  return new Map(data.map((choice) => [choice.activity, choice]));
}

/** Calm, numbers to tap, the way out, and nothing kept. */
function SupportScreen({ support, onwards }: { support: NonNullable<View["support"]>; onwards: () => void }): VNode {
  return (
    <Page title={texts.support.title}>
      <p class="long">{support.text}</p>
      <Lines lines={support.resources} />
      <p class="small">{texts.support.noTrace}</p>
      <p class="actions">
        <button type="button" class="main" onClick={leave}>
          {texts.support.leave}
        </button>
        <button type="button" onClick={onwards}>
          {texts.support.onwards}
        </button>
      </p>
    </Page>
  );
}

function Menu({ said, shared, choices, loaded }: TodayData & { loaded: Loaded<TodayData> }): VNode {
  const { view, basis } = said;
  const missing = useLoaded(missingForBoth);
  const [first, ...others] = view.activities;
  const changed = async (): Promise<void> => loaded.set({ said, shared, choices: await loadChoices() });
  const common = { view, decision: said.decision, shared, choices, changed };
  return (
    <>
      {view.opening && <p class="opening">{view.opening}</p>}
      {missing.data === "pooling" && <PoolingCard />}
      <CheckInCard />
      {first && (
        <section class="card first">
          <p class="kicker">{shared.word("place", first.place)}</p>
          <h2>{first.title}</h2>
          <Details activity={first} shared={shared} />
          <Steps activity={first} />
          <Why activity={first} view={view} />
          <Choosing activity={first} {...common} />
        </section>
      )}
      {others.length > 0 && <h2>{texts.today.others}</h2>}
      {others.map((activity) => (
        <Card key={activity.id} activity={activity} {...common} />
      ))}
      {view.insights.length > 0 && (
        <section class="card warm">
          <h2>{texts.today.insights}</h2>
          {view.insights.map(({ id, text }) => (
            <p key={id}>{text}</p>
          ))}
        </section>
      )}
      <Ways view={view} shared={shared} />
      <details>
        <summary>{texts.today.limits}</summary>
        {view.limits.map((limit) => (
          <p key={limit}>{limit}</p>
        ))}
      </details>
      <PathsCard />
      {missing.data === "link" && basis === "one_partner" && <InviteCard />}
    </>
  );
}

function InviteCard(): VNode {
  const { go } = useApp();
  return (
    <section class="card">
      <p>{texts.today.inviteText}</p>
      <button type="button" onClick={() => go({ is: "invite" })}>
        {texts.today.invite}
      </button>
    </section>
  );
}

function PathsCard(): VNode {
  const { go } = useApp();
  return (
    <section class="card">
      <h2>{texts.paths.title}</h2>
      <p>{texts.paths.text}</p>
      <button type="button" onClick={() => go({ is: "paths" })}>
        {texts.paths.all}
      </button>
    </section>
  );
}

/** Returns what is missing before both answers can be used together: the link, or this person's agreement to it. */
async function missingForBoth(): Promise<"link" | "pooling" | "nothing"> {
  const { linked } = await api.get("/v1/me");
  if (!linked) return "link";
  const { data } = await api.get("/v1/me/consents");
  return data.some(({ purpose, granted }) => purpose === "pooling" && !granted) ? "pooling" : "nothing";
}

function PoolingCard(): VNode {
  const { go } = useApp();
  return (
    <section class="card">
      <h2>{texts.today.linked}</h2>
      <button type="button" class="main" onClick={() => go({ is: "consent", purpose: "pooling" })}>
        {texts.today.linkedGo}
      </button>
    </section>
  );
}

/** This week's questions, from Monday on until this person has answered. */
function CheckInCard(): VNode | null {
  const { go } = useApp();
  const isDue = useLoaded(async () => {
    const { next_check_in_on } = await api.get("/v1/me/check-in");
    const { data } = await api.get("/v1/me/reports", { query: { limit: 1 } });
    return (data[0]?.reported_on ?? "") < weekBefore(next_check_in_on);
  });
  if (!isDue.data) return null;
  return (
    <section class="card">
      <h2>{texts.today.checkIn}</h2>
      <p>{texts.today.checkInText}</p>
      <button type="button" class="main" onClick={() => go({ is: "check-in", personal: false })}>
        {texts.today.checkInGo}
      </button>
    </section>
  );
}

function Details({ activity, shared }: { activity: Activity; shared: Shared }): VNode {
  const { minutes, times_a_week: times, cost, energy, talk, together, path } = activity;
  const often = times === null ? [] : [times === 1 ? texts.today.once : texts.today.times(times)];
  const parts = [
    texts.today.minutes(minutes),
    ...often,
    ...(together ? [] : [texts.today.alone]),
    shared.word("cost", cost),
    shared.word("energy", energy),
    shared.word("talk", talk),
    ...(path ? [`${shared.word("path", path.id)}: ${texts.today.path(path.step, path.of)}`] : []),
  ];
  return <p class="small">{parts.join(" · ")}</p>;
}

function Steps({ activity }: { activity: Activity }): VNode {
  return (
    <>
      <p>{activity.summary}</p>
      <h3>{texts.today.howTo}</h3>
      <ol class="steps">
        {activity.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </>
  );
}

function Why({ activity, view }: { activity: Activity; view: View }): VNode {
  const reasons = activity.reasons.flatMap((id) => view.reasons[id]?.text ?? []);
  return (
    <details>
      <summary>{texts.today.why}</summary>
      <p>{activity.why}</p>
      {reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
    </details>
  );
}

interface CardProps {
  activity: Activity;
  view: View;
  decision: string;
  shared: Shared;
  choices: Choices;
  changed: () => Promise<void>;
}

function Card(props: CardProps): VNode {
  const { activity, shared } = props;
  return (
    <details class="card">
      <summary>
        <span class="kicker">{shared.word("place", activity.place)}</span>
        <span class="title">{activity.title}</span>
      </summary>
      <Details activity={activity} shared={shared} />
      <Steps activity={activity} />
      <Why activity={activity} view={props.view} />
      <Choosing {...props} />
    </details>
  );
}

const CHOICES = ["yes", "not_now", "not_for_us"] as const;
const CHOICE_TEXTS = { yes: texts.today.yes, not_now: texts.today.notNow, not_for_us: texts.today.notForUs };

/** Yes, not now, not for us: private, and it can be taken back. */
function Choosing({ activity, choices, changed, shared }: CardProps): VNode {
  const { act, busy, problem } = useAction();
  const path = { activity: activity.id };
  const chosen = choices.get(activity.id)?.choice;
  const choose = (choice: (typeof CHOICES)[number]): void =>
    act(async () => {
      await api.put("/v1/me/choices/{activity}", { path, body: { choice } });
      await changed();
    });
  const undo = (): void =>
    act(async () => {
      await api.delete("/v1/me/choices/{activity}", { path });
      await changed();
    });
  return (
    <div class="choosing">
      {chosen ? (
        <p role="status">
          {texts.today.chosen} {shared.word("choice", chosen)}{" "}
          <button type="button" class="quiet" disabled={busy} onClick={undo}>
            {texts.today.undo}
          </button>
        </p>
      ) : (
        <p class="actions">
          {CHOICES.map((choice) => (
            <button key={choice} type="button" class={choice === "yes" ? "main" : ""} disabled={busy} onClick={() => choose(choice)}>
              {CHOICE_TEXTS[choice]}
            </button>
          ))}
        </p>
      )}
      <p class="small">{texts.today.private}</p>
      <ProblemNote problem={problem} />
    </div>
  );
}

/** The three strategies: how each stands, and what would change that. */
function Ways({ view, shared }: { view: View; shared: Shared }): VNode {
  return (
    <details>
      <summary>{texts.today.ways}</summary>
      {view.strategies.map((strategy) => (
        <section key={strategy.id}>
          <h3>{strategy.title}</h3>
          <p class="small">{shared.word("standing", strategy.standing)}</p>
          {[...strategy.reasons, ...strategy.withheld_by].map((id) => {
            const text = view.reasons[id]?.text;
            return text && <p key={id}>{text}</p>;
          })}
          {strategy.standing === "not_now" && <WouldChange target={strategy.id} shared={shared} />}
        </section>
      ))}
    </details>
  );
}

/** What the person could change themselves so that something comes up; asked for only when they want to know. */
function WouldChange({ target, shared }: { target: string; shared: Shared }): VNode {
  const { act, busy, problem } = useAction();
  const [explanation, setExplanation] = useState<Schemas["Explanation"]>();
  const ask = (): void => act(async () => setExplanation(await api.post("/v1/me/explanations", { body: { target } })));
  if (!explanation) {
    return (
      <>
        <button type="button" disabled={busy} onClick={ask}>
          {texts.today.change}
        </button>
        <ProblemNote problem={problem} />
      </>
    );
  }
  return (
    <div role="status">
      <p>{shared.word("explanation_status", explanation.status)}.</p>
      {explanation.blocked_by.map(({ text }) => (
        <p key={text}>{text}</p>
      ))}
      {explanation.would_change.length > 0 ? (
        <>
          <p>{texts.today.wouldChange}</p>
          <ul>
            {explanation.would_change.map(({ changes }) => (
              <li key={JSON.stringify(changes)}>{changes.map((change) => changeInWords(change, shared)).join("; ")}</li>
            ))}
          </ul>
        </>
      ) : (
        <p>{explanation.why_none ?? texts.today.notYet}</p>
      )}
    </div>
  );
}

function changeInWords({ answer, now, to }: Schemas["Change"], { form }: Shared): string {
  const parent = answer.split(".").slice(0, 2).join(".");
  const question = form.questions.find(({ id }) => id === answer) ?? form.questions.find(({ id }) => id === parent);
  const key = question?.keys.find(({ value }) => answer === `${question.id}.${value}`)?.label;
  const said = (value: unknown): string =>
    value === null ? texts.today.unanswered : inWords(question, value, texts.sitting.yes, texts.sitting.no);
  return `${question?.text ?? answer} ${key ? `(${key}) ` : ""}${texts.today.becomes(said(now), said(to))}`;
}
