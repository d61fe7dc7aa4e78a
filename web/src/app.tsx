import type { ComponentChildren, VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { ProblemError } from "@rekindle/client";
import { api, type Schemas } from "./api.ts";
import { AppContext, type App as AppState, type Screen, type Shared } from "./context.ts";
import { CheckIn } from "./screens/check-in.tsx";
import { Alone, Code, Consent, Start, Welcome } from "./screens/begin.tsx";
import { FeedbackScreen } from "./screens/feedback.tsx";
import { Help } from "./screens/help.tsx";
import { Invite } from "./screens/invite.tsx";
import { Paths } from "./screens/paths.tsx";
import { Plan } from "./screens/plan.tsx";
import { Progress } from "./screens/progress.tsx";
import { Erased, Settings } from "./screens/settings.tsx";
import { Sitting } from "./screens/sitting.tsx";
import { Today } from "./screens/today.tsx";
import { Weeks } from "./screens/weeks.tsx";

export function App(): VNode {
  const [screens, setScreens] = useState<Screen[]>([{ is: "start" }]);
  const code = useRef(codeOfAddress());
  const loaded = useRef<Promise<Shared> | undefined>(undefined);
  const screen = screens.at(-1) ?? { is: "start" };
  const app = useMemo((): AppState => {
    const replace = (next: Screen): void => setScreens([next]);
    return {
      screen,
      code,
      replace,
      go: (next) => setScreens((before) => [...before, next]),
      back: screens.length > 1 ? () => setScreens((before) => before.slice(0, -1)) : undefined,
      shared: () => (loaded.current ??= loadShared(() => void (loaded.current = undefined))),
      resume: async () => replace(await whereToGo(code.current)),
    };
  }, [screens]);
  // Each screen is a new one, so that nothing of the last stays in a field.
  return (
    <AppContext.Provider value={app}>
      <Fresh key={screens.length + screen.is}>{shown(screen)}</Fresh>
    </AppContext.Provider>
  );
}

function Fresh({ children }: { children: ComponentChildren }): VNode {
  return <>{children}</>;
}

function shown(screen: Screen): VNode {
  switch (screen.is) {
    case "start":
      return <Start />;
    case "welcome":
      return <Welcome />;
    case "code":
      return <Code begun={screen.begun} />;
    case "consent":
      return <Consent purpose={screen.purpose} />;
    case "alone":
      return <Alone then={screen.then} />;
    case "sitting":
      return <Sitting personal={screen.personal} />;
    case "check-in":
      return <CheckIn personal={screen.personal} />;
    case "today":
      return <Today said={screen.said} />;
    case "invite":
      return <Invite />;
    case "plan":
      return <Plan />;
    case "weeks":
      return <Weeks />;
    case "feedback":
      return <FeedbackScreen item={screen.item} done={screen.done} />;
    case "paths":
      return <Paths />;
    case "progress":
      return <Progress />;
    case "settings":
      return <Settings />;
    case "help":
      return <Help />;
    case "erased":
      return <Erased receipt={screen.receipt} />;
  }
}

/** Return the code of an invitation's link, and take it out of the address. */
function codeOfAddress(): string | null {
  const found = /^#code=([\w-]{8,64})$/.exec(location.hash)?.[1] ?? null;
  if (location.hash) history.replaceState(null, "", location.pathname);
  return found;
}

async function loadShared(onFailure: () => void): Promise<Shared> {
  try {
    const [form, words] = await Promise.all([api.get("/v1/questions"), api.get("/v1/words")]);
    return { form, word: wordOf(words.data) };
  } catch (error) {
    onFailure();
    throw error;
  }
}

function wordOf(lists: Schemas["LabelList"][]): Shared["word"] {
  const words = new Map(lists.map(({ id, words: labels }) => [id, new Map(labels.map((one) => [one.value, one.label]))]));
  return (list, code) => words.get(list)?.get(code) ?? code.replaceAll("_", " ");
}

/** What is still missing comes first; then what is for this week. */
async function whereToGo(code: string | null): Promise<Screen> {
  const { data } = await api.get("/v1/me/consents");
  const isGiven = (purpose: string): boolean => data.some((consent) => consent.purpose === purpose && consent.granted);
  if (!isGiven("processing")) return { is: "consent", purpose: "processing" };
  if (code !== null) return { is: "code", begun: true };
  const { linked } = await api.get("/v1/me");
  const hasReport = await api.get("/v1/me/view").then(
    () => true,
    (error: unknown) => {
      if (error instanceof ProblemError && error.code === "no_report") return false;
      throw error;
    },
  );
  if (hasReport) return { is: "today", said: null };
  if (linked && !isGiven("pooling")) return { is: "consent", purpose: "pooling" };
  return { is: "alone", then: "sitting" };
}
