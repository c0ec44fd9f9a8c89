import type { Offence } from "./edits-guard.ts";
import type { SharedDocument } from "./live-document.ts";

/** What a room needs of the document that its sessions share. */
export interface RoomDocument
  extends Pick<
    SharedDocument,
    "name" | "ended" | "settled" | "missing" | "catchUp" | "rest" | "stateVector"
  > {
  /** Takes a client's update, in a buffer of its own; absent: only the daemon writes the document. */
  readonly receive?: (update: Uint8Array) => Promise<ReceivedUpdate>;
}

export type ReceivedUpdate =
  | { readonly tag: "Taken" }
  /** A part builds on what is not here: the client has to be asked for all that it has. */
  | { readonly tag: "Incomplete" }
  | Offence;
