import type { TabAnswer, WorkbookAnswer } from "#contract/rest.ts";
import type { Revision } from "../sources/source.ts";

/** What an actor knows across restarts, kept at `actor/{source}`. Times are wall time, ms since 1970. */
export interface ActorRecord {
  /** Up to which every tab's document is durable; null: read everything. */
  readonly revision: Revision | null;
  /** In the source's order. */
  readonly tabs: readonly TabBinding[];
  /** What is told of the tabs as last applied: so a start need not load their documents to tell it. */
  readonly shown: readonly TabAnswer[];
  /** What the last snapshot could not show or found odd, each a sentence for a person. */
  readonly notices: readonly string[];
  /** As last applied; of sources that are workbooks. */
  readonly workbook?: WorkbookAnswer;
  readonly paused: boolean;
  /** Hash of what says where the content comes from; empty before the first read. */
  readonly address: string;
  /** Hash of all settings that decide what a poll brings. */
  readonly content: string;
  readonly lastPollAt?: number;
  /** When the newest poll that changed something began. */
  readonly readAt?: number;
  readonly lastChangeAt?: number;
}

/** A tab of the source and the name its documents have for ever. */
export interface TabBinding {
  /** The source's own id; null after the address changed, until a snapshot has a tab of this title. */
  readonly tabId: string | null;
  readonly name: string;
  /** As last applied. */
  readonly title: string;
}

export const NEW_RECORD: ActorRecord = {
  revision: null,
  tabs: [],
  shown: [],
  notices: [],
  paused: false,
  address: "",
  content: "",
};

export const recordKey = (source: string): string => `actor/${source}`;
