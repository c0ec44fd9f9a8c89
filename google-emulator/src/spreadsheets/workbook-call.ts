import type { Workbook } from "../grid/workbook.ts";
import type { Call } from "../http/message.ts";

/** What a method of one workbook works on. */
export interface WorkbookCall {
  readonly call: Call;
  readonly nowMs: number;
  readonly random: () => number;
  /** Finds the workbook and checks the caller's right; to be called after the body was read, as Google does. */
  open(access: "read" | "write"): Workbook;
  /** Says that the content changed. */
  touch(): void;
}
