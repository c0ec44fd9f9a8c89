/** Whose change it is, for the history. Times are wall time, ms since 1970. */
export type ChangeOrigin =
  /** Found at the source: it happened between the two times, and nobody tells who did it. */
  | { readonly tag: "sheet"; readonly afterMs?: number; readonly beforeMs: number; readonly by?: string }
  /** Edits that the source has confirmed; each says whose it is and when it was made. */
  | { readonly tag: "edits"; readonly edits: readonly EditOrigin[] };

export interface EditOrigin {
  readonly id: string;
  /** Subject of the token. */
  readonly by: string;
  readonly atMs: number;
  readonly row: number;
  /** Absent where the whole row came or went. */
  readonly slot?: number;
  /** Names the restore, the resolved conflict or the request that it is part of. */
  readonly cause?: string;
}
