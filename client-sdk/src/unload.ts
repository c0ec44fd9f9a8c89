import type { Client } from "./client.ts";

/**
 * Asks before a page is left while the daemon lacks wishes made on it. Returns its undo. With an offline store they are
 * kept, so that there is nothing to ask.
 */
export function warnBeforeUnload(client: Pick<Client, "unsent">): () => void {
  const ask = (event: Event): void => {
    if (client.unsent > 0) event.preventDefault();
  };
  globalThis.addEventListener?.("beforeunload", ask);
  return () => globalThis.removeEventListener?.("beforeunload", ask);
}
