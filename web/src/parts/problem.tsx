import type { VNode } from "preact";
import { useApp } from "../context.ts";
import { explain, mistakesOf, referenceOf } from "../problems.ts";
import { texts } from "../texts.ts";

interface Props {
  problem: unknown;
  again: () => void;
}

/** A problem that takes the place of a screen's content. */
export function ProblemScreen({ problem, again }: Props): VNode {
  return <Told problem={problem} again={again} class="card" />;
}

/** A problem beside what the person was doing, which stays as it is. */
export function ProblemNote({ problem }: { problem: unknown }): VNode | null {
  return problem ? <Told problem={problem} class="card note" /> : null;
}

function Told({ problem, again, class: look }: { problem: unknown; again?: () => void; class: string }): VNode {
  const { title, text, way } = explain(problem);
  const reference = referenceOf(problem);
  return (
    <section class={look} role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      {mistakesOf(problem).map((mistake) => (
        <p key={mistake}>{mistake}</p>
      ))}
      {reference && <p class="small">{texts.problems.reference(reference)}</p>}
      <WayOut way={way} again={again} />
    </section>
  );
}

function WayOut({ way, again }: { way: ReturnType<typeof explain>["way"]; again: (() => void) | undefined }): VNode | null {
  const app = useApp();
  if (way === "again" && !again) return null;
  const ways = {
    again: () => again?.(),
    resume: () => void app.resume(),
    start: () => location.reload(),
    settings: () => app.replace({ is: "settings" }),
    plan: () => app.replace({ is: "plan" }),
  };
  return (
    <button type="button" onClick={ways[way]}>
      {{ again: texts.problems.again, resume: texts.next, start: texts.problems.reload, settings: texts.tabs.settings, plan: texts.tabs.plan }[way]}
    </button>
  );
}
