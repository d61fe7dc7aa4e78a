import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { answerTo, isShown, keptPrivate, withAnswer } from "../answers.ts";
import { api, type Answers, type Question, type Questions } from "../api.ts";
import { useApp } from "../context.ts";
import { Ask } from "../parts/ask.tsx";
import { useAction, useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { PersonalPages } from "../parts/personal-pages.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { texts } from "../texts.ts";

interface Due {
  form: Questions;
  questions: Question[];
  answers: Answers;
}

/** What is due this week. Only what the person touches is sent; the server carries the rest over, as it was kept. */
export function CheckIn({ personal }: { personal: boolean }): VNode {
  const app = useApp();
  const due = useLoaded(async (): Promise<Due> => {
    const [{ form }, told] = [await app.shared(), await api.get("/v1/me/check-in")];
    return { form, questions: told.due.filter(({ ask_alone }) => !ask_alone), answers: told.answers as Answers };
  });
  const [changed, setChanged] = useState<Answers>({});
  const [place, setPlace] = useState(0);
  const { act, busy, problem } = useAction();
  const send = async (answers: Answers): Promise<void> => {
    const { view, basis, decision } = await api.post("/v1/me/check-ins", { body: { answers } });
    app.replace({ is: "today", said: { view, basis, decision } });
  };
  if (!due.data) {
    return (
      <Page title={texts.checkIn.title}>
        <Waiting loaded={due} />
      </Page>
    );
  }
  const { form, questions, answers } = due.data;
  if (personal) {
    const done = (now: Answers): void => act(() => send(now));
    return <PersonalPages form={form} answers={changed} change={setChanged} back={undefined} done={done} problem={problem} busy={busy} />;
  }
  const shown = questions.filter((question) => isShown(question, { ...answers, ...changed }));
  const question = shown[place];
  if (!question) {
    return (
      <Page title={texts.checkIn.title} back={place ? () => setPlace(place - 1) : undefined}>
        <p>{texts.checkIn.text}</p>
        <button type="button" class="main" disabled={busy} onClick={() => act(() => send(changed))}>
          {texts.checkIn.send}
        </button>
        <ProblemNote problem={problem} />
      </Page>
    );
  }
  const { id } = question;
  const value = answerTo(changed, id) ?? answerTo(answers, id);
  return (
    <Page title={question.text} step={id} back={place ? () => setPlace(place - 1) : undefined}>
      {place === 0 && <p>{texts.checkIn.text}</p>}
      <p class="progress">
        <progress max={shown.length} value={place + 1} aria-label={texts.checkIn.progress(place + 1, shown.length)} />
        <span class="small" aria-hidden="true">
          {place + 1} / {shown.length}
        </span>
      </p>
      <Ask
        question={question}
        value={value}
        isKept={changed.keep_private?.some((path) => path === id) ?? false}
        keep={(is) => setChanged(keptPrivate(changed, id, is))}
        answer={(next, sure) => {
          setChanged(withAnswer(changed, id, next));
          if (sure) setPlace(place + 1);
        }}
      />
      <p class="actions">
        <button type="button" class="main" disabled={busy} onClick={() => setPlace(place + 1)}>
          {answerTo(changed, id) === undefined ? texts.checkIn.same : texts.next}
        </button>
        <button type="button" disabled={busy} onClick={() => act(() => send(changed))}>
          {texts.checkIn.rest}
        </button>
      </p>
      <ProblemNote problem={problem} />
    </Page>
  );
}
