/**
 * What changed in the emulated Drive, as its feed of changes tells it: the first change of a file at once, those of the
 * next three minutes as one when they are over. Recalculation is no change to Drive.
 */
import type { DriveFile } from "./file.ts";

export interface Change {
  /** Its place in the feed, from 1. */
  readonly number: number;
  readonly file: DriveFile;
  readonly removed: boolean;
  /** When the feed began to tell it. */
  readonly atMs: number;
}

/** How long further changes of one file are held back [I]. */
export const COALESCED_MS = 180_000;

export class ChangeLog {
  private readonly told: Change[] = [];
  private readonly lastToldMs = new Map<string, number>();
  /** Held back, by file. */
  private readonly held = new Map<string, { readonly file: DriveFile; readonly atMs: number }>();

  note(file: DriveFile, nowMs: number): void {
    this.settle(nowMs);
    if (this.held.has(file.id)) return;
    const last = this.lastToldMs.get(file.id) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - last >= COALESCED_MS) this.tell(file, false, nowMs);
    else this.held.set(file.id, { file, atMs: last + COALESCED_MS });
  }

  noteRemoved(file: DriveFile, nowMs: number): void {
    this.settle(nowMs);
    this.held.delete(file.id);
    this.tell(file, true, nowMs);
  }

  /** The changes after place `after` that are told by now, in order. */
  since(after: number, nowMs: number): readonly Change[] {
    this.settle(nowMs);
    return this.told.slice(after);
  }

  /** The last place that is told by now. */
  length(nowMs: number): number {
    this.settle(nowMs);
    return this.told.length;
  }

  private settle(nowMs: number): void {
    const ready = [...this.held.values()].filter(({ atMs }) => atMs <= nowMs);
    ready.sort((a, b) => a.atMs - b.atMs);
    for (const { file, atMs } of ready) {
      this.held.delete(file.id);
      this.tell(file, false, atMs);
    }
  }

  private tell(file: DriveFile, removed: boolean, atMs: number): void {
    this.told.push({ number: this.told.length + 1, file, removed, atMs });
    this.lastToldMs.set(file.id, atMs);
  }
}
