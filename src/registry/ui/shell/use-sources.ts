import { useCallback, useEffect, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { Api } from "../rest/api.ts";

export interface Sources {
  /** Null until the first answer. */
  readonly list: readonly SourceAnswer[] | null;
  /** False while the daemon does not answer: what is shown is old. */
  readonly reachable: boolean;
  /** The token does not reach the list: it opens what it allows by name. */
  readonly limited: boolean;
  refresh(): void;
}

/** Fast enough that a state is seen soon, slow enough to be nothing for the daemon. */
const REFRESH_MS = 2000;

/** The list of sources, read again while the page is visible. */
export function useSources(api: Api, onSignedOut: (why: string) => void): Sources {
  const [state, setState] = useState<Omit<Sources, "refresh">>({
    list: null,
    reachable: true,
    limited: false,
  });
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((known) => known + 1), []);

  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      const answer = document.visibilityState === "visible" ? await api.sources() : null;
      if (ended) return;
      if (answer?.ok) setState({ list: answer.value, reachable: true, limited: false });
      else if (answer?.error.tag === "SignedOut") return onSignedOut(answer.error.detail);
      else if (answer?.error.tag === "Refused" && answer.error.problem.status === 403) {
        // It will not be another one: asked again only by hand.
        return setState({ list: [], reachable: true, limited: true });
      } else if (answer) setState((known) => ({ ...known, reachable: false }));
      timer = setTimeout(() => void read(), REFRESH_MS);
    };
    void read();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [api, onSignedOut, round]);
  return { ...state, refresh };
}
