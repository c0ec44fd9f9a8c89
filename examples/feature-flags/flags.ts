/**
 * Feature flags that people switch in a sheet: read synchronously, right while the daemon is away, and heard of within
 * seconds.
 */
import type { Table } from "@sheetwire/client";

export interface Flags {
  /** False for a flag that the sheet does not have. */
  isOn(name: string): boolean;
  /** Calls `listener` when the flag is switched; returns its undo. */
  watch(name: string, listener: (on: boolean) => void): () => void;
}

/** `name` and `on` are the keys of the columns with the flags' names and their values. */
export function createFlags(
  table: Table,
  { name, on }: { readonly name: string; readonly on: string },
): Flags {
  const isOn = (flag: string): boolean => {
    const value = table.byKey(flag, name)?.[on];
    return value === true || (typeof value === "number" && value > 0);
  };
  return {
    isOn,
    watch(flag, listener) {
      let last = isOn(flag);
      return table.subscribe(() => {
        const now = isOn(flag);
        if (now === last) return;
        last = now;
        listener(now);
      });
    },
  };
}
