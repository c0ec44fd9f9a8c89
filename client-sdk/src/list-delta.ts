/** How a Y.Array changed, as Yjs tells it: steps from the front of the list; what follows the last one stayed. */
export type ListDelta<T> = readonly {
  readonly retain?: number;
  readonly insert?: readonly T[];
  readonly delete?: number;
}[];

/** The list after the change; `list` itself is left alone. */
export function applyListDelta<T>(list: readonly T[], delta: ListDelta<T>): readonly T[] {
  const result: T[] = [];
  let at = 0;
  const keep = (to: number): void => {
    for (; at < to; at++) result.push(list[at] as T);
  };
  for (const step of delta) {
    if (step.retain) keep(at + step.retain);
    if (step.delete) at += step.delete;
    // Not push(...items): a spread of 100,000 items overflows the stack.
    if (step.insert) for (const item of step.insert) result.push(item);
  }
  keep(list.length);
  return result;
}

/**
 * What a change put at the end of a list that is now `length` long; null when it put something elsewhere.
 * Deletions are passed over.
 */
export function appendedItems<T>(delta: ListDelta<T>, length: number): readonly T[] | null {
  const items: T[] = [];
  let at = 0;
  let ended = true;
  for (const step of delta) {
    if (step.retain) {
      if (items.length > 0) return null;
      at += step.retain;
    }
    if (step.insert) {
      for (const item of step.insert) items.push(item);
      at += step.insert.length;
      ended = at === length;
    }
  }
  return ended ? items : null;
}
