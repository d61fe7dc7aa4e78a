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
  /** Whether this is the page that tells nothing, which stands in the middle of the screen. */
  neutral?: boolean;
  /** Changes when the page has other content under the same title: the heading is read anew. */
  step?: string | undefined;
}

/** One screen: the way out, the way back, a heading that is focused when the screen appears, and the content. */
export function Page({ title, children, back, tabs = false, neutral = false, step }: PageProps): VNode {
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
          <span class="name">{neutral ? "" : texts.name}</span>
        )}
        <button type="button" class="exit" onClick={leave}>
          <span class="unseen">{texts.emergency} </span>
          {texts.exit}
        </button>
      </header>
      <main class={neutral ? "neutral" : ""}>
        {neutral && <img src="/icon.svg" alt="" />}
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

/** Each tab with its screen and the strokes of its picture. */
const TABS: [keyof typeof texts.tabs, Screen, string][] = [
  ["today", { is: "today", said: null }, "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1 1M18 18l1 1M5 19l1-1M18 6l1-1"],
  ["plan", { is: "plan" }, "M4 6h16v14H4zM4 11h16M8 3v5M16 3v5"],
  ["progress", { is: "progress" }, "M3 16c3 0 4-7 8-7s4 4 10-3"],
  ["settings", { is: "settings" }, "M4 7h8M18 7h2M15 4.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M4 17h2M12 17h8M9 14.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5"],
];

function Tabs(): VNode {
  const { screen, replace } = useApp();
  return (
    <>
      <Foot />
      <nav class="tabs" aria-label={texts.name}>
        {TABS.map(([name, target, strokes]) => (
          <button
            key={name}
            type="button"
            aria-current={screen.is === target.is ? "page" : undefined}
            onClick={() => replace(target)}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d={strokes} />
            </svg>
            {texts.tabs[name]}
          </button>
        ))}
      </nav>
    </>
  );
}
