import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { answerTo, isShown, withAnswer } from "../answers.ts";
import type { Answers, Question, Questions } from "../api.ts";
import { texts } from "../texts.ts";
import { Noticed } from "./ask.tsx";
import { Field } from "./field.tsx";
import { Page } from "./page.tsx";
import { ProblemNote } from "./problem.tsx";

interface Props {
  form: Questions;
  answers: Answers;
  change: (answers: Answers) => void;
  back: (() => void) | undefined;
  done: (answers: Answers) => void;
  problem: unknown;
  busy: boolean;
}

const GROUPS = ["private", "mutual", "safety"];

/** The questions for one person alone: a page for each group, every question of which can be left out. */
export function PersonalPages({ form, answers, change, back, done, problem, busy }: Props): VNode {
  const [place, setPlace] = useState(0);
  const id = GROUPS[place] ?? "";
  const group = form.groups.find((one) => one.id === id);
  const questions = form.questions.filter((question) => question.group === id && isShown(question, answers));
  const isLast = place === GROUPS.length - 1;
  const goOn = (next: Answers): void => {
    change(next);
    if (isLast) done(next);
    else setPlace(place + 1);
  };
  const leaveOut = (): void => goOn(questions.reduce((before, question) => withAnswer(before, question.id, undefined), answers));
  return (
    <Page title={group?.title ?? texts.sitting.personal} step={id} back={place ? () => setPlace(place - 1) : back}>
      <p>{group?.intro}</p>
      {questions[0] && <Noticed question={questions[0]} />}
      <button type="button" disabled={busy} onClick={leaveOut}>
        {texts.sitting.leaveOut}
      </button>
      {questions.map((question) => (
        <Personal key={question.id} question={question} answers={answers} change={change} />
      ))}
      <p class="actions">
        <button type="button" class="main" disabled={busy} onClick={() => goOn(answers)}>
          {isLast ? texts.sitting.finish : texts.next}
        </button>
      </p>
      <ProblemNote problem={problem} />
    </Page>
  );
}

interface PersonalProps {
  question: Question;
  answers: Answers;
  change: (answers: Answers) => void;
}

function Personal({ question, answers, change }: PersonalProps): VNode {
  const value = answerTo(answers, question.id);
  const hasOwnWay = question.levels.some((level) => level.value === "skip");
  return (
    <section class="card personal">
      <h2>{question.text}</h2>
      <p class="help">{question.help}</p>
      <Field question={question} value={value} answer={(next) => change(withAnswer(answers, question.id, next))} />
      {!hasOwnWay && value !== undefined && (
        <button type="button" class="quiet" onClick={() => change(withAnswer(answers, question.id, undefined))}>
          {texts.ratherNot}
        </button>
      )}
    </section>
  );
}
