import type { VNode } from "preact";
import { api, type Question, type Schemas } from "../api.ts";
import { inWords } from "../answers.ts";
import { useApp } from "../context.ts";
import { asDay } from "../dates.ts";
import { useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { texts } from "../texts.ts";

type Day = Schemas["Step"];

interface Line {
  question: Question;
  days: { on: string; value: string | number; place: number }[];
}

/** One's own answers over time, each as a thin line of dots: no score, no target, no row of days to keep up. */
export function Progress(): VNode {
  const app = useApp();
  const progress = useLoaded(async () => {
    const { form } = await app.shared();
    const days: Day[] = [];
    for await (const day of api.items("/v1/me/progress", { query: { limit: 100 } })) days.push(day);
    days.sort((one, other) => one.reported_on.localeCompare(other.reported_on));
    return form.questions.map((question) => lineOf(question, days)).filter(({ days: own }) => own.length > 1);
  });
  return (
    <Page title={texts.progress.title} tabs>
      <p>{texts.progress.text}</p>
      {progress.data ? (
        <>
          {progress.data.length === 0 && <p>{texts.progress.empty}</p>}
          {progress.data.map((line) => (
            <Picture key={line.question.id} line={line} />
          ))}
        </>
      ) : (
        <Waiting loaded={progress} />
      )}
    </Page>
  );
}

/** Return the answers to a question that has an order, as places from 0 to 1. */
function lineOf(question: Question, days: Day[]): Line {
  const said = days.flatMap(({ reported_on, answers }) => {
    const value = answers[question.id];
    return value === null || value === undefined ? [] : [{ on: reported_on, value }];
  });
  const isMeasure = question.input === "number" || question.input === "integer";
  if (!isMeasure && !question.ordered) return { question, days: [] };
  const most = Math.max(1, ...said.map(({ value }) => Number(value)));
  const last = Math.max(1, question.levels.length - 1);
  const placeOf = (value: string | number): number =>
    isMeasure ? Number(value) / most : question.levels.findIndex((level) => level.value === value) / last;
  return { question, days: said.map((day) => ({ ...day, place: Math.max(0, placeOf(day.value)) })) };
}

const WIDTH = 240;
const HEIGHT = 48;
const EDGE = 6;

function Picture({ line: { question, days } }: { line: Line }): VNode {
  const [first, last] = [days[0], days.at(-1)];
  const words = (value: string | number | undefined): string =>
    inWords({ ...question, unit: null }, value, texts.sitting.yes, texts.sitting.no);
  const x = (place: number): number => EDGE + (place * (WIDTH - 2 * EDGE)) / Math.max(1, days.length - 1);
  const y = (place: number): number => HEIGHT - EDGE - place * (HEIGHT - 2 * EDGE);
  const points = days.map(({ place }, index) => `${x(index)},${y(place)}`).join(" ");
  return (
    <figure class="card">
      <figcaption>{question.text}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <polyline points={points} />
        {days.map(({ on, place }, index) => (
          <circle key={on + index} cx={x(index)} cy={y(place)} r="4" />
        ))}
      </svg>
      <p class="small">{texts.progress.from(words(first?.value), words(last?.value), question.unit ?? "")}</p>
      <p class="small">
        {first && asDay(first.on)} – {last && asDay(last.on)}
      </p>
    </figure>
  );
}
