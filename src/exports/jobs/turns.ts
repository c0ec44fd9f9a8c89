/** Whose turn it is to write: the exports of an account one batch each, in the order in which they asked. */
import { type Clock, sleep } from "../../runtime/clock.ts";
import type { WorkbookCalls } from "../../sources/google/workbook-calls.ts";

export interface ExportTurns {
  /** Resolves when `calls` may write one batch, to what gives the turn back; to null when `signal` aborts. */
  next(calls: Pick<WorkbookCalls, "name" | "waitMs">, signal: AbortSignal): Promise<(() => void) | null>;
}

/** Writes a minute that are left to people's edits, which come first. */
const SPARE_WRITES = 20;
/** However many edits there are, an export waits no longer than this for one write. */
const PATIENCE_MS = 60_000;

export function createExportTurns(clock: Clock): ExportTurns {
  const last = new Map<string, Promise<void>>();
  return {
    async next(calls, signal) {
      const { name } = calls;
      const before = last.get(name) ?? Promise.resolve();
      const turn = Promise.withResolvers<void>();
      const mine = before.then(() => turn.promise);
      last.set(name, mine);
      const give = (): void => {
        turn.resolve();
        if (last.get(name) === mine) last.delete(name);
      };
      await before;
      const patientUntil = clock.monotonicMs() + PATIENCE_MS;
      while (!signal.aborted) {
        const patient = clock.monotonicMs() < patientUntil;
        const waitMs = calls.waitMs(patient ? SPARE_WRITES : 0);
        if (waitMs <= 0) return give;
        await sleep(clock, patient ? Math.min(waitMs, patientUntil - clock.monotonicMs()) : waitMs, signal);
      }
      give();
      return null;
    },
  };
}
