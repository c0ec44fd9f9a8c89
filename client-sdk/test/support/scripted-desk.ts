/** Plays the daemon's part in an edits document, step by step (contract/edits.ts). */
import type * as Y from "yjs";
import { EDITS, OUTCOMES, type Outcome, PROGRESS, type Progress } from "../../src/contract/edits.ts";

export interface ScriptedDesk {
  readonly edits: Y.Map<unknown>;
  readonly outcomes: Y.Map<unknown>;
  /** The keys of all wishes, in no order. */
  keys(): string[];
  received(key: string, more?: Partial<Progress>): void;
  writing(key: string, more?: Partial<Progress>): void;
  /** The wish is gone from the document: the sheet has it. */
  confirmed(key: string): void;
  decided(key: string, outcome: Omit<Outcome, "id">): void;
}

export function createScriptedDesk(doc: Y.Doc): ScriptedDesk {
  const edits = doc.getMap(EDITS);
  const progress = doc.getMap(PROGRESS);
  const outcomes = doc.getMap(OUTCOMES);
  const tell = (key: string, state: Progress["state"], more: Partial<Progress> = {}): void =>
    void progress.set(key, { id: `id of ${key}`, state, ...more });
  return {
    edits,
    outcomes,
    keys: () => [...edits.keys()],
    received: (key, more) => tell(key, "received", more),
    writing: (key, more) => tell(key, "writing", more),
    confirmed(key) {
      doc.transact(() => {
        edits.delete(key);
        progress.delete(key);
      });
    },
    decided(key, outcome) {
      doc.transact(() => {
        edits.delete(key);
        progress.delete(key);
        outcomes.set(key, { id: `id of ${key}`, ...outcome });
      });
    },
  };
}
