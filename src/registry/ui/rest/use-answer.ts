import { useCallback, useEffect, useState } from "preact/hooks";
import type { Answer, ApiError } from "./call.ts";

export interface Asked<T> {
  /** The last good answer; null until the first. */
  readonly value: T | null;
  /** Why the latest question was not answered. */
  readonly error: ApiError | null;
  refresh(): void;
}

/**
 * Asks when the component is first shown, on `refresh`, and then every `everyMs` while the page is visible. `ask` must
 * be the same function while it asks the same.
 */
export function useAnswer<T>(ask: () => Answer<T>, everyMs?: number): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, "refresh">>({ value: null, error: null });
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((known) => known + 1), []);
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      const answer = document.visibilityState === "visible" ? await ask() : null;
      if (ended) return;
      if (answer?.ok) setState({ value: answer.value, error: null });
      else if (answer) setState((known) => ({ ...known, error: answer.error }));
      if (everyMs !== undefined) timer = setTimeout(() => void read(), everyMs);
    };
    void read();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [ask, everyMs, round]);
  return { ...state, refresh };
}
