/**
 * Calls `run` when a lost connection is worth another try at once: the network is back, or somebody looks at the
 * page again. Outside browsers it never does. Returns its undo.
 */
export function onWake(run: () => void): () => void {
  const { document } = globalThis as { document?: Document };
  const onVisible = (): void => {
    if (document?.visibilityState === "visible") run();
  };
  const online = (): void => run();
  globalThis.addEventListener?.("online", online);
  document?.addEventListener("visibilitychange", onVisible);
  return () => {
    globalThis.removeEventListener?.("online", online);
    document?.removeEventListener("visibilitychange", onVisible);
  };
}
