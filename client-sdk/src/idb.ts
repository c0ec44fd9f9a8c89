/** Updates of documents in IndexedDB: appended, read back in order, replaced by one that stands for all. */

export interface KeptUpdates {
  /** In the order in which they were written. */
  readonly updates: readonly Uint8Array[];
  readonly savedAtMs: number | null;
}

export interface UpdateDatabase {
  read(
    document: string,
  ): Promise<{ readonly updates: readonly Uint8Array[]; readonly savedAtMs: number | null }>;
  write(document: string, update: Uint8Array, how: "append" | "replace", atMs: number): Promise<void>;
  /** Makes all that is kept of a document into one update. */
  compact(document: string, merge: (updates: Uint8Array[]) => Uint8Array, atMs: number): Promise<void>;
  erase(document: string): Promise<void>;
  eraseAll(): Promise<void>;
}

const STORE = "updates";
const BY_DOCUMENT = "document";

interface Kept {
  readonly document: string;
  readonly update: Uint8Array;
  readonly atMs: number;
}

export async function openDatabase(name: string): Promise<UpdateDatabase> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE, { autoIncrement: true }).createIndex(BY_DOCUMENT, "document");
  };
  const database = await done(opening);
  // Another page wants to delete it, or brings a later version: better gone than in its way.
  database.onversionchange = () => database.close();

  async function change(run: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = database.transaction(STORE, "readwrite");
    run(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
  function remove(store: IDBObjectStore, document: string, then: () => void): void {
    const asking = store.index(BY_DOCUMENT).getAllKeys(document);
    asking.onsuccess = () => {
      for (const key of asking.result) store.delete(key);
      then();
    };
  }

  return {
    async read(document) {
      const store = database.transaction(STORE).objectStore(STORE);
      const kept = (await done(store.index(BY_DOCUMENT).getAll(document))) as Kept[];
      return { updates: kept.map(({ update }) => update), savedAtMs: kept.at(-1)?.atMs ?? null };
    },
    write: (document, update, how, atMs) =>
      change((store) => {
        const add = (): void => void store.add({ document, update, atMs } satisfies Kept);
        if (how === "append") add();
        else remove(store, document, add);
      }),
    compact: (document, merge, atMs) =>
      change((store) => {
        const asking = store.index(BY_DOCUMENT).getAll(document);
        asking.onsuccess = () => {
          const update = merge((asking.result as Kept[]).map((kept) => kept.update));
          remove(store, document, () => void store.add({ document, update, atMs } satisfies Kept));
        };
      }),
    erase: (document) => change((store) => remove(store, document, () => {})),
    eraseAll: () => change((store) => store.clear()),
  };
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
