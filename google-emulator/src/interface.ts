/** What an emulator is to those who hold one. */

import type { Role } from "./drive/file.ts";
import type { PushMessage } from "./drive/push-channels.ts";
import type { Fault, PlacedFault } from "./faults.ts";
import type { Json } from "./http/json.ts";
import type { EmulatorRequest, EmulatorResponse } from "./http/message.ts";
import type { Accounts } from "./oauth/accounts.ts";
import type { Consents } from "./oauth/consents.ts";
import type { Person } from "./person.ts";
import type { Quota, QuotaLimits } from "./quota.ts";

export interface EmulatorOptions {
  /** Milliseconds since 1970; tokens, quotas and NOW() go by it. */
  readonly nowMs: () => number;
  /** In [0, 1); ids and tokens come from it. */
  readonly random: () => number;
  /** Takes any assertion and bearer token, shares everything with everybody, has no quota. */
  readonly open?: boolean;
  /** Google's limits unless given; null for none. */
  readonly quota?: QuotaLimits | null;
}

/** A workbook to begin with; texts in `rows` are typed, so "=A1" is a formula. */
export interface WorkbookSeed {
  readonly id?: string;
  readonly title: string;
  readonly owner?: string;
  readonly locale?: string;
  readonly timeZone?: string;
  readonly tabs: readonly {
    readonly title: string;
    readonly rows?: readonly (readonly Json[])[];
    readonly size?: { readonly rowCount: number; readonly columnCount: number };
    /** 0 for the first tab and random for others unless given. */
    readonly sheetId?: number;
  }[];
}

export interface Emulator {
  handle(request: EmulatorRequest): EmulatorResponse;
  readonly accounts: Accounts;
  /** Apps and people of the consent page. */
  readonly consents: Consents;
  readonly quota: Quota;
  /** Adds a workbook and gives its id. */
  addWorkbook(seed: WorkbookSeed): string;
  removeWorkbook(id: string): void;
  /** Shares a file: with one account, or by link with everybody ("anyone"). */
  share(id: string, who: string, role: Role): void;
  unshare(id: string, who: string): void;
  /** A person's hands on a workbook. */
  person(id: string): Person;
  workbookIds(): string[];
  /** Raised by every change of the workbook's content. */
  version(id: string): number;
  /** The calls that Google makes to who watches changes, since they were last taken. */
  takePushes(): PushMessage[];
  placeFault(fault: Fault): PlacedFault;
  removeFault(id: number): void;
  clearFaults(): void;
  faults(): readonly PlacedFault[];
}
