import type { RowId } from "../../../../client-sdk/src/index.ts";

/** A cell by its lasting identity: it keeps the focus wherever its row or column moves. */
export interface ActiveCell {
  readonly row: RowId;
  /** Of its column. */
  readonly key: string;
}
