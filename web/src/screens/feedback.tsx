import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { api, type Schemas } from "../api.ts";
import { useApp } from "../context.ts";
import { useAction, useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { texts } from "../texts.ts";

const SCALE = [1, 2, 3, 4, 5];

/** How it was, or what got in the way: for this person's own view alone. */
export function FeedbackScreen({ item, done }: { item: Schemas["PlanItem"]; done: boolean }): VNode {
  const app = useApp();
  const loaded = useLoaded(async () => {
    const activity = await api.get("/v1/activities/{activity}", { path: { activity: item.activity } });
    return { shared: await app.shared(), reasons: activity.decline_reasons };
  });
  const { act, busy, problem } = useAction();
  const [accepted, setAccepted] = useState<number>();
  const [pressured, setPressured] = useState<number>();
  const [reason, setReason] = useState<string>();
  const send = async (): Promise<void> => {
    const outcome = done ? "done" : reason === "partner_declined" ? "declined" : "skipped";
    const felt = done ? { felt_accepted: accepted ?? null, felt_pressured: pressured ?? null } : {};
    await api.post("/v1/me/feedback", { body: { activity: item.activity, outcome, reason: reason ?? null, ...felt } });
    app.replace({ is: "plan" });
  };
  return (
    <Page title={done ? texts.feedback.did : texts.feedback.didNot}>
      <h2>{item.activity_title}</h2>
      {loaded.data ? (
        <>
          {done ? (
            <>
              <Scale label={texts.feedback.accepted} value={accepted} change={setAccepted} />
              <Scale label={texts.feedback.pressured} value={pressured} change={setPressured} />
            </>
          ) : null}
          <Reasons reasons={done ? ["unsafe"] : loaded.data.reasons} word={loaded.data.shared.word} reason={reason} change={setReason} />
          <p class="noticed">{texts.feedback.private}</p>
          <button type="button" class="main" disabled={busy} onClick={() => act(send)}>
            {texts.feedback.send}
          </button>
          <ProblemNote problem={problem} />
        </>
      ) : (
        <Waiting loaded={loaded} />
      )}
    </Page>
  );
}

function Scale({ label, value, change }: { label: string; value: number | undefined; change: (value: number) => void }): VNode {
  return (
    <fieldset class="scale">
      <legend>{label}</legend>
      {SCALE.map((level) => (
        <button key={level} type="button" aria-pressed={value === level} aria-label={`${label}: ${level}`} onClick={() => change(level)}>
          {level}
        </button>
      ))}
      <span class="small">{texts.feedback.low}</span>
      <span class="small">{texts.feedback.high}</span>
    </fieldset>
  );
}

interface ReasonsProps {
  reasons: string[];
  word: (list: string, code: string) => string;
  reason: string | undefined;
  change: (reason: string | undefined) => void;
}

function Reasons({ reasons, word, reason, change }: ReasonsProps): VNode {
  return (
    <div class="levels">
      {reasons.map((one) => (
        <button key={one} type="button" aria-pressed={reason === one} onClick={() => change(reason === one ? undefined : one)}>
          {word("decline_reason", one)}
        </button>
      ))}
    </div>
  );
}
