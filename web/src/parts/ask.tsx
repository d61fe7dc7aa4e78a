import type { VNode } from "preact";
import type { Question } from "../api.ts";
import { texts } from "../texts.ts";
import { Field, type FieldProps } from "./field.tsx";

interface Props extends FieldProps {
  isKept: boolean;
  keep: (is: boolean) => void;
}

/** Who may notice an answer, in one line. */
export function Noticed({ question }: { question: Question }): VNode {
  return <p class="noticed">{texts.audience[question.audience] ?? texts.audience.pooled}</p>;
}

/** A question's help, its field, who may notice the answer, and the way to keep it to oneself. */
export function Ask({ question, isKept, keep, ...field }: Props): VNode {
  return (
    <>
      <p class="help">{question.help}</p>
      <Field question={question} {...field} />
      <Noticed question={question} />
      {question.audience === "pooled" && (
        <label class="check small">
          <input type="checkbox" checked={isKept} onChange={(event) => keep(event.currentTarget.checked)} />
          {texts.sitting.keep}
        </label>
      )}
    </>
  );
}
