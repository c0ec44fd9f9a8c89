/**
 * One page of all that share `name` leads: by a Web Lock, which the browser hands on when a page ends, however it does.
 * Without Web Locks every page leads. Returns the undo.
 */
export function becomeLeader(name: string, lead: () => void): () => void {
  const locks = (globalThis.navigator as { locks?: LockManager } | undefined)?.locks;
  if (!locks) {
    lead();
    return () => {};
  }
  const ending = new AbortController();
  let resign = (): void => {};
  locks
    .request(name, { signal: ending.signal }, () => {
      lead();
      return new Promise<void>((resolve) => {
        resign = resolve;
      });
    })
    .catch(() => {});
  return () => {
    ending.abort();
    resign();
  };
}
