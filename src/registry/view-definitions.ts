/** The definitions of views: kept in the backend as people wrote them, held in memory as they are applied. */
import { createHash } from "node:crypto";
import { encodeNamePart } from "#contract/document-name.ts";
import { ok, type Result } from "#contract/result.ts";
import type { CreateViewBody } from "#contract/views.ts";
import type { Kv, KvError, StorageError } from "../backend/backend.ts";
import type { ViewDefinition } from "../model/view.ts";
import { parseWhere } from "../model/where/parse.ts";
import type { Logger } from "../runtime/logger.ts";

export interface ViewDefinitions {
  load(): Promise<void>;
  /** By source, tab and name. */
  list(): readonly CreateViewBody[];
  get(source: string, tab: string, view: string): CreateViewBody | null;
  /** What the view shows, the same object until it is put anew; null when there is none. */
  applied(source: string, tab: string, view: string): ViewDefinition | null;
  put(view: CreateViewBody): Promise<Result<void, StorageError>>;
  remove(view: CreateViewBody): Promise<Result<void, StorageError>>;
}

interface Held {
  readonly written: CreateViewBody;
  readonly applied: ViewDefinition;
}

const PREFIX = "view/";
/** Of an encoded tab and view; longer ones are hashed, so that the key stays within 512 bytes. */
const NAMES_BYTES_MAX = 400;

export function createViewDefinitions({ kv, logger }: { kv: Kv; logger: Logger }): ViewDefinitions {
  const held = new Map<string, Held>();
  const find = (source: string, tab: string, name: string) => held.get(keyOf({ source, tab, name })) ?? null;

  function hold(written: CreateViewBody): void {
    const applied = apply(written);
    if (applied) held.set(keyOf(written), { written, applied });
    // Written by a later Sheetwire: shown as absent rather than as more than it should show.
    else logger.error("view unreadable", { source: written.source, tab: written.tab, view: written.name });
  }

  return {
    async load() {
      for (const { value } of await kv.list<CreateViewBody>(PREFIX)) hold(value);
    },
    list: () =>
      [...held.entries()]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([, { written }]) => written),
    get: (source, tab, view) => find(source, tab, view)?.written ?? null,
    applied: (source, tab, view) => find(source, tab, view)?.applied ?? null,
    async put(view) {
      const stored = await kv.put(keyOf(view), view);
      if (!stored.ok) return { ok: false, error: asStorageError(stored.error) };
      hold(view);
      return ok(undefined);
    },
    async remove(view) {
      const removed = await kv.remove(keyOf(view));
      if (!removed.ok) return { ok: false, error: asStorageError(removed.error) };
      held.delete(keyOf(view));
      return ok(undefined);
    },
  };
}

function keyOf({ source, tab, name }: Pick<CreateViewBody, "source" | "tab" | "name">): string {
  const names = `${encodeNamePart(tab)}/${encodeNamePart(name)}`;
  const short =
    names.length <= NAMES_BYTES_MAX ? names : `#${createHash("sha256").update(names).digest("hex")}`;
  return `${PREFIX}${source}/${short}`;
}

/** Null when its condition cannot be read. */
function apply({ columns, where, order, limit }: CreateViewBody): ViewDefinition | null {
  const parsed = where === undefined ? null : parseWhere(where);
  if (parsed && !parsed.ok) return null;
  return {
    ...(columns && { columns }),
    ...(parsed && { where: parsed.value }),
    ...(order && { order }),
    ...(limit !== undefined && { limit }),
  };
}

/** No version is expected, so none can differ. */
function asStorageError(error: KvError): StorageError {
  if (error.tag === "StorageError") return error;
  return { tag: "StorageError", detail: `the view was changed elsewhere (version ${error.actual})` };
}
