import type { FileStore } from "../drive/file-store.ts";
import type { FieldMask } from "../fields/field-mask.ts";
import type { Overlay } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import type { Call } from "../http/message.ts";
import type { Caller } from "../oauth/caller.ts";

/** What a method of one workbook works on. */
export interface WorkbookCall {
  readonly call: Call;
  /** Values of the path's parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  /** What the caller wants of the answer; applied by the route, known here so that less is built. */
  readonly mask: FieldMask;
  readonly caller: Caller;
  /** The caller's address, for what belongs to somebody. */
  readonly user: string;
  readonly files: FileStore;
  readonly nowMs: number;
  readonly random: () => number;
  /** Whether a protection of the opened workbook lets the caller through. */
  mayEdit(range: Overlay): boolean;
  /** Whether the call has changed by now what is protected against its caller. */
  broken(): boolean;
  /** Finds the workbook and checks the caller's right; to be called after the body was read, as Google does. */
  open(access: "read" | "write"): Workbook;
  /** Says that the content changed. */
  touch(): void;
}
