import { useCallback, useMemo } from "preact/hooks";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";

/** Edits of one source that wait for a person. */
export interface WaitingEdits {
  readonly conflicts: number;
  readonly deadLetters: number;
}

/** By source; a source that waits for nobody is absent. */
export function useOpenEdits(api: Api, everyMs: number): ReadonlyMap<string, WaitingEdits> {
  const conflicts = useAnswer(
    useCallback(() => api.conflicts({ state: "open" }), [api]),
    everyMs,
  );
  const letters = useAnswer(
    useCallback(() => api.deadLetters(), [api]),
    everyMs,
  );
  const [open, parked] = [conflicts.value?.conflicts, letters.value?.deadLetters];
  return useMemo(() => {
    const found = new Map<string, WaitingEdits>();
    const count = (source: string, part: keyof WaitingEdits): void => {
      const known = found.get(source) ?? { conflicts: 0, deadLetters: 0 };
      found.set(source, { ...known, [part]: known[part] + 1 });
    };
    for (const { source } of open ?? []) count(source, "conflicts");
    for (const { source } of parked ?? []) count(source, "deadLetters");
    return found;
  }, [open, parked]);
}
