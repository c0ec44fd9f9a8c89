/** Counts how many hold a key at once, with a bound. */
export interface Counter {
  /** Takes one place; null when all are taken, else how to give it back. */
  enter(key: string): (() => void) | null;
}

export function createCounter(most: number): Counter {
  const held = new Map<string, number>();
  return {
    enter(key) {
      const now = held.get(key) ?? 0;
      if (now >= most) return null;
      held.set(key, now + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const rest = (held.get(key) ?? 1) - 1;
        if (rest > 0) held.set(key, rest);
        else held.delete(key);
      };
    },
  };
}
