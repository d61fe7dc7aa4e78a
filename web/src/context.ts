import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Questions, Schemas, View } from "./api.ts";

/** What is shown. It lives in memory alone: the address never changes, and there is one entry in the history. */
export type Screen =
  | { is: "start" }
  | { is: "welcome" }
  | { is: "code"; begun: boolean }
  | { is: "consent"; purpose: "processing" | "pooling" }
  | { is: "alone"; then: "sitting" | "check-in" }
  | { is: "sitting"; personal: boolean }
  | { is: "check-in"; personal: boolean }
  | { is: "today"; said: Said | null }
  | { is: "invite" }
  | { is: "plan" }
  | { is: "weeks" }
  | { is: "feedback"; item: Schemas["PlanItem"]; done: boolean }
  | { is: "paths" }
  | { is: "progress" }
  | { is: "settings" }
  | { is: "help" }
  | { is: "erased"; receipt: Schemas["Receipt"] };

/** A view that was said once, in the answer to a report. */
export interface Said {
  basis: string;
  decision: string;
  view: View;
}

export interface Shared {
  form: Questions;
  /** Returns what to show for a code of a list of `/v1/words`. */
  word: (list: string, code: string) => string;
}

export interface App {
  screen: Screen;
  go: (screen: Screen) => void;
  /** Shows a screen from which there is no way back to the ones before. */
  replace: (screen: Screen) => void;
  back: (() => void) | undefined;
  /** Loads, once, what every screen may need. */
  shared: () => Promise<Shared>;
  /** Finds out where this person is, and shows that. */
  resume: () => Promise<void>;
  /** The invitation that this phone came with. */
  code: { current: string | null };
}

export const AppContext = createContext<App>(null as unknown as App);

export const useApp = (): App => useContext(AppContext);
