import type { VNode } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { ProblemScreen } from "./problem.tsx";
import { texts } from "../texts.ts";

export interface Loaded<T> {
  data: T | undefined;
  problem: unknown;
  again: () => Promise<void>;
  set: (data: T) => void;
}

/** Loads something when a screen appears, and again when asked to. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data?: T; problem?: unknown }>({});
  const again = useCallback(async () => {
    try {
      setState({ data: await load() });
    } catch (problem) {
      setState({ problem });
    }
  }, []);
  useEffect(() => void again(), []);
  return { data: state.data, problem: state.problem, again, set: (data) => setState({ data }) };
}

/** What stands there until something is loaded, or instead of it. */
export function Waiting({ loaded: { problem, again } }: { loaded: Pick<Loaded<unknown>, "problem" | "again"> }): VNode {
  if (problem) return <ProblemScreen problem={problem} again={() => void again()} />;
  return (
    <p class="wait" role="status">
      {texts.loading}
    </p>
  );
}

export interface Acting {
  act: (work: () => Promise<unknown>) => void;
  busy: boolean;
  problem: unknown;
}

/** Runs what a button does, once at a time, and keeps what went wrong. */
export function useAction(): Acting {
  const [state, setState] = useState<{ busy: boolean; problem?: unknown }>({ busy: false });
  const act = (work: () => Promise<unknown>): void => {
    if (state.busy) return;
    setState({ busy: true });
    work().then(
      () => setState({ busy: false }),
      (problem: unknown) => setState({ busy: false, problem }),
    );
  };
  return { act, ...state, problem: state.problem };
}
