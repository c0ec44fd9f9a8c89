/** Keeps rows and wishes in IndexedDB, from one start of the page to the next. */
import * as Y from "yjs";
import { type KeptUpdates, openDatabase, type UpdateDatabase } from "./idb.ts";
import { becomeLeader } from "./leader.ts";
import type { KeepOptions, KeptCopy, OfflineStore } from "./offline-store.ts";

export interface OfflineStoreOptions {
  /** Whose copies these are, such as the user's id: nobody else's are shown. */
  readonly subject: string;
  /** Begins the database's name; "sheetwire" when absent. */
  readonly prefix?: string;
  /** ms since 1970; for tests. */
  readonly now?: () => number;
}

/** So many kept updates are made into one. */
const UPDATES_MAX = 200;
/** Changes are gathered so long before they are written: one transaction for many. */
const GATHER_MS = 200;

/** Of browsers alone: elsewhere nothing is kept, and nothing fails. Of several pages one keeps the rows. */
export function indexedDbStore(options: OfflineStoreOptions): OfflineStore {
  const { subject, prefix = "sheetwire", now = Date.now } = options;
  const name = `${prefix}:${subject}`;
  let database: ReturnType<typeof openDatabase> | null = null;
  const opened = (): ReturnType<typeof openDatabase> => {
    database ??= openDatabase(name);
    return database;
  };
  return {
    async open(document, doc, { everyPage = false }: KeepOptions = {}) {
      // Wishes may be made before what is kept has been read.
      const early: Uint8Array[] = [];
      const note = (update: Uint8Array): void => void early.push(update);
      doc.on("update", note);
      const from = await opened();
      const kept = await from.read(document);
      doc.off("update", note);
      const place = { database: from, lock: `${name}/${document}`, document, everyPage, now };
      return keep(place, doc, kept, early);
    },
    async has(document) {
      return (await (await opened()).read(document)).updates.length > 0;
    },
    async eraseAll() {
      await (await opened()).eraseAll();
    },
  };
}

interface Place {
  readonly database: UpdateDatabase;
  readonly lock: string;
  readonly document: string;
  readonly everyPage: boolean;
  readonly now: () => number;
}

function keep(place: Place, doc: Y.Doc, kept: KeptUpdates, early: Uint8Array[]): KeptCopy {
  const { database, lock, document, everyPage, now } = place;
  for (const update of kept.updates) Y.applyUpdate(doc, update, database);
  let count = kept.updates.length;
  let gathered = early;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let writing: Promise<void> = Promise.resolve();
  let ended = false;
  let leads = everyPage;
  /** Something changed while another page led. */
  let missed = false;

  const onUpdate = (update: Uint8Array, origin: unknown, _: Y.Doc, { local }: Y.Transaction): void => {
    // What other pages wish they keep themselves; what the daemon says of wishes comes again.
    if (origin === database || ended) return;
    if (!leads) {
      missed = true;
      return;
    }
    gathered.push(update);
    if (everyPage && local) return flush();
    timer ??= setTimeout(flush, GATHER_MS);
  };
  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const updates = gathered;
    gathered = [];
    if (updates.length === 0) return;
    count++;
    const whole = count > UPDATES_MAX && !everyPage;
    const update = whole ? Y.encodeStateAsUpdate(doc) : Y.mergeUpdates(updates);
    if (whole) count = 1;
    // What a full disk refused would be missing: the next one is a whole one.
    writing = writing
      .then(() => database.write(document, update, whole ? "replace" : "append", now()))
      .catch(() => {
        count = UPDATES_MAX;
      });
  }
  doc.on("update", onUpdate);
  globalThis.addEventListener?.("pagehide", flush);
  flush();
  // Other pages write here too: only within one transaction can theirs not be lost.
  if (everyPage && count > UPDATES_MAX)
    writing = writing.then(() => database.compact(document, Y.mergeUpdates, now()));
  const resign = everyPage
    ? () => {}
    : becomeLeader(lock, () => {
        leads = true;
        // What came while another page led may never have been kept.
        if (!missed) return;
        count = UPDATES_MAX;
        gathered.push(new Uint8Array([0, 0]));
        flush();
      });

  return {
    savedAtMs: kept.savedAtMs,
    saved() {
      flush();
      return writing;
    },
    erase() {
      ended = true;
      gathered = [];
      writing = writing.then(() => database.erase(document)).catch(() => {});
    },
    close() {
      flush();
      ended = true;
      doc.off("update", onUpdate);
      globalThis.removeEventListener?.("pagehide", flush);
      resign();
    },
  };
}
