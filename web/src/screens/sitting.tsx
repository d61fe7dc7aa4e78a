import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { answerTo, isShown, keptPrivate, withAnswer, type Value } from "../answers.ts";
import { api, type Answers, type Question, type Report } from "../api.ts";
import { useApp } from "../context.ts";
import { Ask } from "../parts/ask.tsx";
import { useAction, useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote, ProblemScreen } from "../parts/problem.tsx";
import { PersonalPages } from "../parts/personal-pages.tsx";
import { texts } from "../texts.ts";

const MOST = 12;

interface Sitting {
  answers: Answers;
  /** The questions that were shown, in order; the last one is on the screen. */
  asked: string[];
  skipped: ReadonlySet<string>;
}

/** The first answers: one question a screen, the most telling first, twelve at most. They stay in memory until sent. */
export function Sitting({ personal }: { personal: boolean }): VNode {
  const app = useApp();
  const shared = useLoaded(app.shared);
  const [sitting, setSitting] = useState<Sitting>({ answers: {}, asked: [], skipped: new Set() });
  const [stage, setStage] = useState<"asking" | "personal" | "sending">("asking");
  const { act, busy, problem } = useAction();
  const began = useRef(false);

  const send = async (answers: Answers): Promise<void> => {
    setStage("sending");
    const { view, basis, decision } = await api.post("/v1/me/reports", { body: answers as Report });
    app.replace({ is: "today", said: { view, basis, decision } });
  };
  const finish = async (answers: Answers): Promise<void> => (personal ? setStage("personal") : send(answers));
  const goOn = async (now: Sitting, questions: Question[]): Promise<void> => {
    setSitting(now);
    const next = now.asked.length < MOST ? await nextQuestion(now, questions) : undefined;
    if (next) setSitting({ ...now, asked: [...now.asked, next] });
    else await finish(now.answers);
  };

  const questions = shared.data?.form.questions;
  useEffect(() => {
    if (!questions || began.current) return;
    began.current = true;
    act(() => goOn(sitting, questions));
  }, [questions]);

  const current = questions?.find(({ id }) => id === sitting.asked.at(-1));
  if (!shared.data || !questions || (!current && !problem)) {
    return <Page title={texts.sitting.title}>{<Waiting loaded={shared} />}</Page>;
  }
  if (stage === "personal") {
    return (
      <PersonalPages
        form={shared.data.form}
        answers={sitting.answers}
        change={(answers) => setSitting({ ...sitting, answers })}
        back={() => setStage("asking")}
        done={(answers) => act(() => send(answers))}
        problem={problem}
        busy={busy}
      />
    );
  }
  if (stage === "sending" || !current) {
    const again = (): void => act(() => (current ? send(sitting.answers) : goOn(sitting, questions)));
    return (
      <Page title={texts.sitting.title} back={() => setStage("asking")}>
        {problem ? <ProblemScreen problem={problem} again={again} /> : <p class="wait" role="status">{texts.sitting.sending}</p>}
      </Page>
    );
  }

  const { id } = current;
  const answer = (value: Value | undefined, sure: boolean): void => {
    const now = { ...sitting, answers: withAnswer(sitting.answers, id, value), skipped: without(sitting.skipped, id) };
    setSitting(now);
    if (sure) act(() => goOn(now, questions));
  };
  const skip = (): void => {
    const answers = keptPrivate(withAnswer(sitting.answers, id, undefined), id, false);
    act(() => goOn({ ...sitting, answers, skipped: new Set([...sitting.skipped, id]) }, questions));
  };
  const goBack = (): void => setSitting({ ...sitting, asked: sitting.asked.slice(0, -1) });
  const toNext = (): void => {
    const value = answerTo(sitting.answers, id) ?? (current.input === "picks" ? {} : undefined);
    act(() => goOn({ ...sitting, answers: withAnswer(sitting.answers, id, value) }, questions));
  };

  return (
    <Page title={current.text} back={sitting.asked.length > 1 ? goBack : undefined} step={id}>
      <Progress now={sitting.asked.length} />
      <Ask
        question={current}
        value={answerTo(sitting.answers, id)}
        isKept={sitting.answers.keep_private?.some((path) => path === id) ?? false}
        keep={(is) => setSitting({ ...sitting, answers: keptPrivate(sitting.answers, id, is) })}
        answer={answer}
      />
      {current.required && <p class="small">{texts.needed}</p>}
      <p class="actions">
        {isAnswered(current, sitting.answers) && (
          <button type="button" class="main" disabled={busy} onClick={toNext}>
            {texts.next}
          </button>
        )}
        {!current.required && (
          <button type="button" disabled={busy} onClick={skip}>
            {texts.skip}
          </button>
        )}
      </p>
      <ProblemNote problem={problem} />
    </Page>
  );
}

function Progress({ now }: { now: number }): VNode {
  return (
    <p class="progress">
      <progress max={MOST} value={now} aria-label={texts.sitting.progress(now, MOST)} />
      <span class="small" aria-hidden="true">
        {now} / {MOST}
      </span>
    </p>
  );
}

function isAnswered(question: Question, answers: Answers): boolean {
  return question.input === "picks" || answerTo(answers, question.id) !== undefined;
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...ids].filter((other) => other !== id));
}

/** Return the question that would tell most and was not asked yet; nothing once it is enough. */
async function nextQuestion({ answers, asked, skipped }: Sitting, questions: Question[]): Promise<string | undefined> {
  const most = Math.min(MOST, skipped.size + 2);
  const { next, enough } = await api.post("/v1/questions/next", { body: { answers, max: most } });
  if (enough) return undefined;
  return next.map(({ question }) => question).find((id) => !asked.includes(id) && canAsk(id, questions, answers));
}

function canAsk(id: string, questions: Question[], answers: Answers): boolean {
  const question = questions.find((one) => one.id === id);
  return question !== undefined && !question.ask_alone && isShown(question, answers);
}
