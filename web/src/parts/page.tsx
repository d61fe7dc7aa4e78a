import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp, type Screen } from "../context.ts";
import { leave } from "../leave.ts";
import { texts } from "../texts.ts";

interface PageProps {
  title: string;
  children: ComponentChildren;
  /** Goes back in another way than by the screen before. */
  back?: (() => void) | undefined;
  /** Whether the tabs stand below. */
  tabs?: boolean;
  /** Changes when the page has other content under the same title: the heading is read anew. */
  step?: string | undefined;
}

/** One screen: the way out, the way back, a heading that is focused when the screen appears, and the content. */
export function Page({ title, children, back, tabs = false, step }: PageProps): VNode {
  const app = useApp();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [title, step]);
  const goBack = back ?? app.back;
  return (
    <>
      <header class="top">
        {goBack ? (
          <button type="button" class="quiet" onClick={goBack}>
            ‹ {texts.back}
          </button>
        ) : (
          <span class="name">{texts.name}</span>
        )}
        <button type="button" class="exit" onClick={leave}>
          <span class="unseen">{texts.emergency} </span>
          {texts.exit}
        </button>
      </header>
      <main>
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {children}
      </main>
      {tabs ? <Tabs /> : <Foot />}
    </>
  );
}

function Foot(): VNode | null {
  const { screen, go } = useApp();
  if (screen.is === "start" || screen.is === "help") return null;
  return (
    <footer>
      <button type="button" class="quiet" onClick={() => go({ is: "help" })}>
        {texts.help}
      </button>
    </footer>
  );
}

const TABS: [keyof typeof texts.tabs, Screen][] = [
  ["today", { is: "today", said: null }],
  ["plan", { is: "plan" }],
  ["progress", { is: "progress" }],
  ["settings", { is: "settings" }],
];

function Tabs(): VNode {
  const { screen, replace } = useApp();
  return (
    <>
      <Foot />
      <nav class="tabs" aria-label={texts.name}>
        {TABS.map(([name, target]) => (
          <button
            key={name}
            type="button"
            aria-current={screen.is === target.is ? "page" : undefined}
            onClick={() => replace(target)}
          >
            {texts.tabs[name]}
          </button>
        ))}
      </nav>
    </>
  );
}
