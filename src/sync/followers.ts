/** Those who follow a document change by change, from where they left off if that can still be told. */
import * as Y from "yjs";
import type { Position, UpdateLog } from "../backend/backend.ts";
import { type Baseline, type Delta, isEmptyDelta } from "../model/delta.ts";
import { difference } from "../model/difference.ts";
import type { Follower, LiveDocument } from "./documents.ts";
import { createMirror, type MirrorIdentity } from "./mirror.ts";
import { type Change, createRecentChanges, isRekeyed } from "./recent-changes.ts";

export interface Followers {
  /** A delta that is durable; `before`: the baseline's columns without it. */
  tell(delta: Delta, before: Baseline["columns"]): void;
  follow(document: LiveDocument, since: string | null, follower: Follower): Promise<() => void>;
}

export interface FollowersDeps {
  readonly name: string;
  readonly log: UpdateLog;
  /** Where the document stands when it is loaded. */
  readonly loadedAt: Position;
  readonly now: () => { readonly baseline: Baseline; readonly position: Position; readonly epoch: string };
  /** Runs when nothing is on its way to the disk, and before anything else is. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Pasts worked out from the log and remembered: after a restart many come back from the same one. */
const PASTS_MAX = 8;

export function createFollowers({ name, log, loadedAt, now, inTurn }: FollowersDeps): Followers {
  const recent = createRecentChanges(loadedAt);
  const followers = new Set<Follower>();
  /** By the position that they follow, what leads from there to some later one. */
  const pasts = new Map<Position, Change>();

  /** Everything since `position`, out of memory; null: it has to be worked out. */
  function remembered(position: Position): readonly Change[] | null {
    const known = recent.since(position);
    if (known) return known;
    const past = pasts.get(position);
    const rest = past && recent.since(past.position);
    return past && rest ? [past, ...rest] : null;
  }

  /** The rows as they were at `position`; null when the log begins later. */
  async function baselineAt(position: Position): Promise<Baseline | null> {
    const doc = new Y.Doc();
    let at = 0;
    for (const entry of await log.read(name, 0)) {
      if (entry.position > position) break;
      Y.applyUpdate(doc, entry.update);
      at = entry.position;
    }
    return at === position ? createMirror(doc, doc.clientID, NOBODY).baseline() : null;
  }

  function changeFrom(past: Baseline): Change {
    const { baseline, position, epoch } = now();
    return {
      position,
      revision: formatRevision(epoch, position),
      delta: difference(baseline, past, baseline.columns, baseline.order, null),
      rekeyed: isRekeyed(past.columns, baseline.columns),
    };
  }

  return {
    tell(delta, before) {
      if (isEmptyDelta({ ...delta, formulas: [] })) return;
      const { position, epoch } = now();
      const rekeyed = delta.columns !== undefined && isRekeyed(before, delta.columns);
      const change = { position, revision: formatRevision(epoch, position), delta, rekeyed };
      recent.note(change);
      for (const follower of followers) follower.change(change);
    },
    async follow(document, since, follower) {
      const from = since === null ? null : parseRevision(since);
      const known = from?.epoch === now().epoch && from.position <= now().position ? from.position : null;
      const past = known === null || remembered(known) ? null : await baselineAt(known);
      return inTurn(async () => {
        if (known !== null && past && !remembered(known)) {
          if (pasts.size >= PASTS_MAX) pasts.delete(pasts.keys().next().value!);
          pasts.set(known, changeFrom(past));
        }
        follower.begin(document, known === null ? null : remembered(known));
        followers.add(follower);
        return () => void followers.delete(follower);
      });
    },
  };
}

/** Names a state of a document, also after a restart of the daemon. */
export function formatRevision(epoch: string, position: Position): string {
  return `${epoch}-${position}`;
}

function parseRevision(text: string): { readonly epoch: string; readonly position: Position } | null {
  const [, epoch, position] = /^(\w+)-(\d{1,15})$/.exec(text) ?? [];
  return epoch && position ? { epoch, position: Number(position) } : null;
}

/** Nothing is written in its name. */
const NOBODY: MirrorIdentity = { source: "", tab: "", epoch: "" };
