/** Counts how many hold a key at once, with a bound. */
export interface Counter {
  /** Takes one place; false when all are taken. Whoever got one gives it back by `leave`, once. */
  enter(key: string): boolean;
  leave(key: string): void;
}

export function createCounter(most: number): Counter {
  const held = new Map<string, number>();
  return {
    enter(key) {
      const now = held.get(key) ?? 0;
      if (now >= most) return false;
      held.set(key, now + 1);
      return true;
    },
    leave(key) {
      const rest = (held.get(key) ?? 1) - 1;
      if (rest > 0) held.set(key, rest);
      else held.delete(key);
    },
  };
}
