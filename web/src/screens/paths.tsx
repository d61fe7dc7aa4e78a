import type { VNode } from "preact";
import { api } from "../api.ts";
import { useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { texts } from "../texts.ts";

/** A few steps in a row. */
export function Paths(): VNode {
  const paths = useLoaded(async () => (await api.get("/v1/paths")).data);
  return (
    <Page title={texts.paths.title}>
      <p>{texts.paths.text}</p>
      {paths.data ? (
        paths.data.map((path) => (
          <details key={path.id} class="card">
            <summary>
              <span class="title">{path.title}</span>
            </summary>
            <p>{path.summary}</p>
            <ol>
              {path.steps.map((step) => (
                <li key={step.activity}>{step.title}</li>
              ))}
            </ol>
          </details>
        ))
      ) : (
        <Waiting loaded={paths} />
      )}
    </Page>
  );
}
