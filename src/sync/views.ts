/**
 * Views as documents. A view is kept in step with its tab while somebody has it open; whoever opens it again gets what
 * changed meanwhile as a delta, since it is stored like any document. Rows that claims decide on make one document for
 * each set of claims that the condition looks at.
 */
import { createHash } from "node:crypto";
import {
  type DocumentName,
  encodeNamePart,
  formatDocumentName,
  mirrorName,
} from "#contract/document-name.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { UpdateLog } from "../backend/backend.ts";
import type { Delta } from "../model/delta.ts";
import { createView, type View, type ViewDefinition } from "../model/view.ts";
import type { Claims } from "../model/where/compile.ts";
import { claimsOf } from "../model/where/expression.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import type { DocumentStore } from "./document-store.ts";
import type { OpenError } from "./documents.ts";
import type { SharedDocument } from "./live-document.ts";

export interface Views {
  /** The view's document for a reader with these claims, up to date with its tab. */
  open(name: DocumentName, claims: Claims): Promise<Result<SharedDocument, OpenViewError>>;
  /** The view's definition is another one or gone: its documents end (4404) and are erased. */
  remove(source: string, tab: string, view: string): Promise<void>;
  close(): void;
}

export type OpenViewError =
  | OpenError
  /** The view looks at a claim that the reader's token does not have. */
  | { readonly tag: "MissingClaim"; readonly claim: string };

export interface ViewsDeps {
  readonly documents: DocumentStore;
  readonly log: UpdateLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What a view of this name is, the same object until it is defined anew; null when there is none. */
  readonly definition: (source: string, tab: string, view: string) => ViewDefinition | null;
}

interface Live {
  readonly document: SharedDocument;
  /** When somebody last asked for it, monotonic ms. */
  openedMs: number;
  readonly stop: () => void;
}

/** How long a view is kept in step that nobody is connected to. */
const UNWATCHED_MS = 60_000;
const LOOK_MS = 15_000;

export function createViews({ documents, log, clock, logger, definition }: ViewsDeps): Views {
  const live = new Map<string, Promise<Result<Live, OpenError>>>();

  const stopRemoved = documents.onRemoved((name) => {
    // A tab takes its views along. A view's own name has an "@", a tab's has none.
    if (!name.includes("@")) void removeAll(`${name}@`, () => true);
  });
  let cancelLook = clock.wakeAt(clock.monotonicMs() + LOOK_MS, stopUnwatched);

  function stopUnwatched(): void {
    cancelLook = clock.wakeAt(clock.monotonicMs() + LOOK_MS, stopUnwatched);
    for (const [name, starting] of live) {
      void starting.then((started) => {
        if (!started.ok || live.get(name) !== starting || documents.isRetained(name)) return;
        const unwatchedMs = clock.monotonicMs() - started.value.openedMs;
        if (unwatchedMs < UNWATCHED_MS && !started.value.document.ended) return;
        live.delete(name);
        started.value.stop();
      });
    }
  }

  async function removeAll(prefix: string, isOne: (name: string) => boolean): Promise<void> {
    for (const [name, starting] of live) {
      if (!name.startsWith(prefix) || !isOne(name)) continue;
      live.delete(name);
      const started = await starting;
      if (started.ok) started.value.stop();
    }
    for (const name of (await log.documents(prefix)).filter(isOne)) {
      const removed = await documents.remove(name);
      if (!removed.ok) logger.warn("view not erased", { document: name, detail: removed.error.detail });
    }
  }

  async function start(name: string, tab: string, view: View): Promise<Result<Live, OpenError>> {
    const opened = await documents.open(tab);
    if (!opened.ok) return opened;
    const mirror = opened.value;
    const made = await documents.derive(name, mirror.meta());
    if (!made.ok) return made;
    const document = made.value;
    const release = documents.retain(tab);
    const stopDeltas = mirror.onDelta(follow);
    /** A change came while the view was busy, or could not be stored: everything is compared at the next chance. */
    let behind = false;

    function follow(delta: Delta): void {
      if (document.busy) behind = true;
      if (behind) {
        void catchUp();
        return;
      }
      void write(view.follow(mirror.baseline(), delta, document.baseline()));
    }
    async function catchUp(): Promise<void> {
      while (behind && !document.ended) {
        await document.settled();
        await mirror.settled();
        if (document.busy || mirror.busy) continue;
        behind = false;
        await write(view.reconcile(mirror.baseline(), document.baseline()));
        // The disk refuses: the tab's next change is the next chance.
        if (behind) return;
      }
    }
    async function write(delta: Delta): Promise<void> {
      const { title, timeZone, locale } = mirror.meta();
      const locality =
        timeZone !== undefined && locale !== undefined ? { locality: { timeZone, locale } } : {};
      const stored = await document.apply({ delta, title, ...locality, author: "view" });
      if (!stored.ok) behind = true;
    }

    behind = true;
    await catchUp();
    return ok({
      document,
      openedMs: clock.monotonicMs(),
      stop() {
        stopDeltas();
        release();
      },
    });
  }

  /** The running view of this name; begun once, however many ask for it. */
  async function liveAt(
    name: string,
    begin: () => Promise<Result<Live, OpenError>>,
  ): Promise<Result<Live, OpenError>> {
    const known = live.get(name);
    const before = known ? await known : null;
    if (before?.ok && !before.value.document.ended) return before;
    if (live.get(name) !== known) return liveAt(name, begin);
    if (before?.ok) before.value.stop();
    const starting = begin();
    live.set(name, starting);
    const started = await starting;
    if (!started.ok && live.get(name) === starting) live.delete(name);
    return started;
  }

  async function open(name: DocumentName, claims: Claims): Promise<Result<SharedDocument, OpenViewError>> {
    const { source, tab } = name;
    const found = definition(source, tab, name.view);
    if (!found) return err({ tag: "NoSuchDocument", name: formatDocumentName(name) });
    const wanted = found.where ? claimsOf(found.where) : [];
    const missing = wanted.find((claim) => !Object.hasOwn(claims, claim));
    if (missing !== undefined) return err({ tag: "MissingClaim", claim: missing });
    const key = formatDocumentName(name) + suffixOf(found, wanted, claims);
    const started = await liveAt(key, () => start(key, mirrorName(source, tab), createView(found, claims)));
    if (!started.ok) return started;
    // It was defined anew while this was being loaded, perhaps after the old one's documents were erased.
    if (definition(source, tab, name.view) !== found) {
      await removeAll(key, (one) => one === key);
      return open(name, claims);
    }
    started.value.openedMs = clock.monotonicMs();
    return ok(started.value.document);
  }

  return {
    open,
    remove(source, tab, view) {
      const name = `${mirrorName(source, tab)}@${encodeNamePart(view)}`;
      return removeAll(name, (one) => one === name || one.startsWith(`${name}?`));
    },
    close() {
      cancelLook();
      stopRemoved();
      for (const starting of live.values()) void starting.then((one) => one.ok && one.value.stop());
      live.clear();
    },
  };
}

/**
 * Tells the documents of a view apart by how it is defined and by the claims it looks at: who may see less after a
 * change must not find in the history what it showed before. No client can name a "?".
 */
function suffixOf(definition: ViewDefinition, wanted: readonly string[], claims: Claims): string {
  const { columns = null, where = null, order = null, limit = null } = definition;
  const text = JSON.stringify([columns, where, order, limit, wanted.map((name) => [name, claims[name]])]);
  return `?${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}
