import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import type { Question } from "../api.ts";
import type { Value } from "../answers.ts";
import { texts } from "../texts.ts";

export interface FieldProps {
  question: Question;
  value: Value | undefined;
  /** Takes the answer; `sure` where there is nothing more to say, so that the next question may come. */
  answer: (value: Value | undefined, sure: boolean) => void;
}

const OFFERED: Record<string, number[]> = {
  hours: [0, 1, 2, 4, 6, 8, 12, 20],
  minutes: [10, 20, 30, 45, 60, 90, 120, 240],
  nights: [0, 1, 2, 4, 8],
};

/** The field for a question, by its kind of input. */
export function Field(props: FieldProps): VNode {
  switch (props.question.input) {
    case "choice":
    case "scale":
      return <Levels {...props} levels={props.question.levels} />;
    case "yes_no":
      return <Levels {...props} levels={YES_NO} />;
    case "choices":
      return <Several {...props} />;
    case "number":
    case "integer":
      return <Amount {...props} />;
    case "picks":
      return <Picks {...props} />;
    default:
      return <Ratings {...props} />;
  }
}

const YES_NO: { value: string | number | boolean; label: string }[] = [
  { value: true, label: texts.sitting.yes },
  { value: false, label: texts.sitting.no },
];

interface LevelsProps extends FieldProps {
  levels: { value: string | number | boolean; label: string; help?: string | null }[];
}

function Levels({ question, value, answer, levels }: LevelsProps): VNode {
  return (
    <div class="levels" role="group" aria-label={question.text}>
      {levels.map((level) => (
        <button key={String(level.value)} type="button" aria-pressed={value === level.value} onClick={() => answer(level.value, true)}>
          {level.label}
          {level.help && <span class="small">{level.help}</span>}
        </button>
      ))}
    </div>
  );
}

function Several({ question, value, answer }: FieldProps): VNode {
  const chosen = Array.isArray(value) ? value : [];
  const most = question.max ?? Infinity;
  const change = (level: string, is: boolean): void => {
    const next = is ? [...chosen, level] : chosen.filter((one) => one !== level);
    answer(next.length ? next : undefined, false);
  };
  return (
    <fieldset class="checks">
      <legend>{question.max === null ? texts.sitting.pick : texts.sitting.pickUpTo(question.max)}</legend>
      {question.levels.map(({ value: level, label }) => (
        <label key={level}>
          <input
            type="checkbox"
            checked={chosen.includes(String(level))}
            disabled={chosen.length >= most && !chosen.includes(String(level))}
            onChange={(event) => change(String(level), event.currentTarget.checked)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function Amount({ question, value, answer }: FieldProps): VNode {
  const { min, max, step, unit } = question;
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const id = useId();
  const offered = (OFFERED[unit ?? ""] ?? []).filter((one) => one >= (min ?? 0) && one <= (max ?? Infinity));
  const typed = (input: HTMLInputElement): void => {
    setText(input.value);
    const number = input.value === "" || !input.validity.valid ? undefined : Number(input.value);
    answer(number, false);
  };
  return (
    <>
      <div class="chips" role="group" aria-label={[question.text, unit].filter(Boolean).join(" ")}>
        {offered.map((number) => (
          <button key={number} type="button" aria-pressed={value === number} onClick={() => answer(number, true)}>
            {number}
          </button>
        ))}
      </div>
      <p class="amount">
        <label for={id}>{texts.sitting.other}</label>
        <input
          id={id}
          type="number"
          inputMode="decimal"
          min={min ?? undefined}
          max={max ?? undefined}
          step={step ?? "any"}
          value={text}
          onInput={(event) => typed(event.currentTarget)}
        />
        <span>{unit}</span>
      </p>
    </>
  );
}

type Ratings = Record<string, string | number>;

function ratingsOf(value: Value | undefined): Ratings {
  return typeof value === "object" && !Array.isArray(value) ? value : {};
}

const PICKS = [
  ["love", "♥"],
  ["avoid", "✕"],
] as const;

/** Up to a few things that are loved, and any to leave out. */
function Picks({ question, value, answer }: FieldProps): VNode {
  const ratings = ratingsOf(value);
  const loved = Object.values(ratings).filter((level) => level === "love").length;
  const most = question.max ?? Infinity;
  const rate = (key: string, level: string): void => {
    const { [key]: before, ...others } = ratings;
    answer(before === level ? others : { ...others, [key]: level }, false);
  };
  return (
    <>
      <p class="key">
        {PICKS.map(([level, sign]) => (
          <span key={level}>
            {sign} {texts.sitting[level]}
          </span>
        ))}
      </p>
      <ul class="picks">
        {question.keys.map(({ value: key, label }) => (
          <li key={key}>
            <span id={`pick-${key}`}>{label}</span>
            {PICKS.map(([level, sign]) => (
              <button
                key={level}
                type="button"
                class={level}
                aria-label={texts.sitting[level]}
                aria-pressed={ratings[key] === level}
                aria-describedby={`pick-${key}`}
                disabled={level === "love" && loved >= most && ratings[key] !== "love"}
                onClick={() => rate(key, level)}
              >
                {sign}
              </button>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}

function Ratings({ question, value, answer }: FieldProps): VNode {
  const ratings = ratingsOf(value);
  const rate = (key: string, text: string): void => {
    const { [key]: _, ...others } = ratings;
    const level = question.levels.find((one) => String(one.value) === text)?.value;
    const next = level === undefined ? others : { ...others, [key]: level };
    answer(Object.keys(next).length ? next : undefined, false);
  };
  return (
    <div class="ratings">
      {question.keys.map(({ value: key, label }) => (
        <label key={key}>
          {label}
          <select value={String(ratings[key] ?? "")} onChange={(event) => rate(key, event.currentTarget.value)}>
            <option value="">{texts.sitting.noAnswer}</option>
            {question.levels.map((level) => (
              <option key={level.value} value={String(level.value)}>
                {level.label}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
