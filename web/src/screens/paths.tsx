import type { VNode } from "preact";
import { api, type Schemas } from "../api.ts";
import { useAction, useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { texts } from "../texts.ts";

interface PathProps {
  path: Schemas["CataloguePath"];
  mine: Schemas["MyPath"] | undefined;
  changed: () => Promise<void>;
}

/** A few steps in a row, begun and left without a word to anybody. */
export function Paths(): VNode {
  const loaded = useLoaded(async () => {
    const { data: paths } = await api.get("/v1/paths");
    const { data: mine } = await api.get("/v1/me/paths");
    return paths.map((path) => ({ path, mine: mine.find(({ id }) => id === path.id) }));
  });
  return (
    <Page title={texts.paths.title}>
      <p>{texts.paths.text}</p>
      {loaded.data ? (
        loaded.data.map(({ path, mine }) => <Path key={path.id} path={path} mine={mine} changed={loaded.again} />)
      ) : (
        <Waiting loaded={loaded} />
      )}
    </Page>
  );
}

function Path({ path, mine, changed }: PathProps): VNode {
  const { act, busy, problem } = useAction();
  const isBegun = Boolean(mine?.begun_on);
  const call = { path: { path: path.id } };
  const change = async (): Promise<void> => {
    await (isBegun ? api.delete("/v1/me/paths/{path}", call) : api.put("/v1/me/paths/{path}", call));
    await changed();
  };
  return (
    <details class="card" open={isBegun}>
      <summary>
        <span class="title">{path.title}</span>
      </summary>
      {isBegun && mine?.step && <p class="kicker">{texts.paths.step(mine.step, mine.of)}</p>}
      <p>{path.summary}</p>
      <ol>
        {path.steps.map((step) => (
          <li key={step.activity}>
            {step.title} {!step.together && <span class="small">({texts.today.alone})</span>}
          </li>
        ))}
      </ol>
      <button type="button" class={isBegun ? "" : "main"} disabled={busy} onClick={() => act(change)}>
        {isBegun ? texts.paths.stop : texts.paths.begin}
      </button>
      <ProblemNote problem={problem} />
    </details>
  );
}
