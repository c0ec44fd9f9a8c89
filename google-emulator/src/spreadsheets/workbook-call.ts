import type { Workbook } from "../grid/workbook.ts";
import type { Call } from "../http/message.ts";

/** What a method of one workbook works on. */
export interface WorkbookCall {
  readonly call: Call;
  /** The caller's address, for what belongs to somebody. */
  readonly user: string;
  readonly nowMs: number;
  readonly random: () => number;
  /** Finds the workbook and checks the caller's right; to be called after the body was read, as Google does. */
  open(access: "read" | "write"): Workbook;
  /** Says that the content changed. */
  touch(): void;
}
