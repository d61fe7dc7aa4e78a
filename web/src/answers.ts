import type { Answers, Question } from "./api.ts";

export type Value = string | number | boolean | string[] | Record<string, string | number>;

/** Return the answer to a question; undefined where there is none. */
export function answerTo(answers: Answers, id: string): Value | undefined {
  const found = id.split(".").reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], answers);
  return (found ?? undefined) as Value | undefined;
}

/** Return the answers with another answer to one question; without it, where the value is undefined. */
export function withAnswer(answers: Answers, id: string, value: Value | undefined): Answers {
  const [first = "", ...rest] = id.split(".");
  const outer = answers as Record<string, unknown>;
  const name = rest.join(".");
  const inner = name ? { ...(outer[first] as object | undefined), [name]: value } : value;
  return { ...outer, [first]: inner } as Answers;
}

/** Return the answers with one kept private, or no longer so. */
export function keptPrivate(answers: Answers, id: string, is: boolean): Answers {
  const others = (answers.keep_private ?? []).filter((path) => path !== id);
  const kept = is ? [...others, id] : others;
  return { ...answers, keep_private: kept.length ? (kept as NonNullable<Answers["keep_private"]>) : undefined };
}

/** Whether a question is to be shown, as the answers stand. */
export function isShown({ show_when }: Question, answers: Answers): boolean {
  if (!show_when) return true;
  const value = answerTo(answers, show_when.question);
  return show_when.in.some((level) => level === value);
}

/** Return an answer in words. */
export function inWords(question: Question | undefined, value: unknown, yes: string, no: string): string {
  if (typeof value === "boolean") return value ? yes : no;
  if (Array.isArray(value)) return value.map((one) => inWords(question, one, yes, no)).join(", ");
  const label = question?.levels.find((level) => level.value === value)?.label;
  return label ?? [String(value), question?.unit].filter(Boolean).join(" ");
}
