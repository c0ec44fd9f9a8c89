/** What a source is asked to write, and what it says came of it. */
import type { CellValue } from "#contract/cell.ts";
import type { RowId, Slot } from "#contract/layout.ts";
import type { Baseline } from "./delta.ts";
import type { Doubt } from "./locate.ts";

/** What becomes of a cell that both sides changed. sheet: theirs stands; client: mine does; ask: nobody decides. */
export type ConflictPolicy = "sheet" | "client" | "latest" | "ask";

/** Edits that go out together, in one request where the far end can. */
export interface WriteBatch {
  /** Names this very batch over retries and restarts: 1 to 2,147,483,647, and no batch of this source had it before. */
  readonly receipt: number;
  /** It may have been sent before: look for the receipt first. */
  readonly again: boolean;
  readonly tabs: readonly TabWrite[];
  /** Absent: nothing outlives this call. */
  readonly memo?: WriteMemo;
}

/** What a source wants to know of a batch when it comes again. */
export interface WriteMemo {
  /** As the source kept them. */
  readonly notes: readonly string[];
  /** These instead, durable when it resolves. False: the storage refuses them, and nothing may be sent. */
  keep(notes: readonly string[]): Promise<boolean>;
}

export interface TabWrite {
  /** The source's own id of the tab. */
  readonly tabId: string;
  /** What the edits were made on: tells which row of the far end is which row id. */
  readonly baseline: Baseline;
  /** In the order of their arrival; no two for the same cell. */
  readonly edits: readonly WriteEdit[];
}

export type WriteEdit = {
  readonly id: string;
  readonly atMs: number;
  /** A poll found its row or column again, but not for certain: nothing may be written on a guess. */
  readonly doubt?: Doubt;
} & (
  | {
      readonly tag: "cell";
      readonly row: RowId;
      readonly slot: Slot;
      readonly value: CellValue;
      readonly formula?: string;
      /** Absent: whatever stands there may be replaced. */
      readonly base?: CellValue;
      /** What its author had put there before, perhaps without having heard of it: to find that is no surprise either. */
      readonly own?: CellValue;
      readonly policy: ConflictPolicy;
      /** When what the baseline holds there was first seen, wall time; what is newer than the baseline is newer still. */
      readonly theirsAtMs: number;
    }
  | {
      readonly tag: "add";
      /** By slot. */
      readonly values: readonly CellValue[];
      /** null: the first place; absent: the end, or where the source's settings say. */
      readonly after?: RowId | null;
    }
  | { readonly tag: "remove"; readonly row: RowId }
);

export interface WriteResult {
  /** One for every edit of the batch. */
  readonly outcomes: readonly WriteOutcome[];
}

/** What came of one edit. */
export type WriteOutcome = {
  readonly id: string;
} /** The far end has it. `value` is what it made of a cell, `values` (by slot) of an added row. */ & (
  | {
      readonly tag: "written";
      readonly value?: CellValue;
      readonly formula?: string;
      readonly values?: readonly CellValue[];
      /** Of an added row: slots whose wished values are not in it, because something else stands there or the column went. */
      readonly missing?: readonly Slot[];
      /** What mine replaced though it was not the base. */
      readonly lost?: CellValue;
    }
  | {
      readonly tag: "conflict";
      readonly reason: ConflictReason;
      readonly theirs: CellValue;
      readonly asked: boolean;
    }
  /** It can never be written. `code` is for programs, `why` a sentence for who made the edit. */
  | { readonly tag: "refused"; readonly code: string; readonly why: string }
  /** Not this time, without anybody's fault: the tab moved under the batch. */
  | { readonly tag: "later"; readonly why: string }
);

/** unheard: it went out, no answer came, and where it went cannot be told. */
export type ConflictReason = "changed" | "row-gone" | "column-gone" | "unheard";
