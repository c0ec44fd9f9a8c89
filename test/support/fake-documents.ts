import { mirrorName, parseDocumentName } from "#contract/document-name.ts";
import { LAYOUT, type Meta } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { StorageError } from "../../src/backend/backend.ts";
import { type Baseline, type Delta, EMPTY_BASELINE } from "../../src/model/delta.ts";
import type { Documents, Follower, LiveDocument } from "../../src/sync/documents.ts";

export interface FakeDocuments extends Documents {
  /** What is durable, by name. */
  readonly held: Map<string, FakeDocument>;
  /** Every call that wrote, in order: `create a/b`, `apply a/b`, `remove a/b`. */
  readonly writes: string[];
  /** While set, every write is refused with this detail. */
  refusal: string | null;
  /** Awaited before each apply is stored. */
  beforeApply: (name: string) => Promise<void>;
}

export interface FakeDocument {
  meta: Meta;
  baseline: Baseline;
  revision: number;
}

/** Documents without Yjs: a tab is its baseline. Outlives the actors that use it, as a disk would. */
export function createFakeDocuments(): FakeDocuments {
  const held = new Map<string, FakeDocument>();
  const writes: string[] = [];
  const refused = (): Result<never, StorageError> | null =>
    fake.refusal === null ? null : err({ tag: "StorageError", detail: fake.refusal });

  const fake: FakeDocuments = {
    held,
    writes,
    refusal: null,
    beforeApply: async () => {},
    async open(name) {
      return held.has(name) ? ok(live(name)) : err({ tag: "NoSuchDocument", name });
    },
    has: async (name) => ok(held.has(name)),
    async create({ source, tab, title }) {
      const name = mirrorName(source, tab);
      if (!parseDocumentName(name).ok) throw new Error(`"${name}" is no document's name`);
      if (held.has(name)) return ok(live(name));
      const no = refused();
      if (no) return no;
      const meta = { layout: LAYOUT, source, tab, title, epoch: String(writes.length), slots: 0 };
      held.set(name, { meta, baseline: EMPTY_BASELINE, revision: 0 });
      writes.push(`create ${name}`);
      return ok(live(name));
    },
    async remove(name) {
      const no = refused();
      if (no) return no;
      if (held.delete(name)) writes.push(`remove ${name}`);
      return ok(undefined);
    },
    retain: () => () => {},
    onRemoved: () => () => {},
  };

  function live(name: string): LiveDocument {
    const document = held.get(name)!;
    return {
      name,
      ended: null,
      meta: () => document.meta,
      baseline: () => document.baseline,
      revision: () => String(document.revision),
      async encoded() {
        const revision = String(document.revision);
        return { revision, update: new TextEncoder().encode(JSON.stringify(rowsOf(document))) };
      },
      async follow(_since: string | null, follower: Follower) {
        follower.begin(live(name), null);
        return () => {};
      },
      async apply({ delta, title, locality }) {
        await fake.beforeApply(name);
        const no = refused();
        if (no) return no;
        document.baseline = applyDelta(document.baseline, delta);
        if (title !== undefined) document.meta = { ...document.meta, title };
        if (locality) document.meta = { ...document.meta, ...locality };
        document.revision++;
        writes.push(`apply ${name}`);
        return ok({ changed: true });
      },
    };
  }

  return fake;
}

/** The rows of a document in order, as lists by display order of the columns. */
export function rowsOf({ baseline }: FakeDocument): unknown[][] {
  return baseline.order.map((id) =>
    baseline.columns.map(({ slot }) => baseline.rows.get(id)?.values[slot] ?? null),
  );
}

function applyDelta(before: Baseline, delta: Delta): Baseline {
  const rows = new Map(before.rows);
  for (const [row, values] of delta.added) rows.set(row, { values });
  for (const [row, slot, value] of delta.cells) {
    const values = [...(rows.get(row)?.values ?? [])];
    while (values.length <= slot) values.push(null);
    values[slot] = value;
    rows.set(row, { values });
  }
  for (const row of delta.removed) rows.delete(row);
  const order = [...before.order];
  for (const { at, remove, insert } of delta.order) order.splice(at, remove, ...insert);
  const columns = delta.columns ?? before.columns;
  return {
    columns,
    order,
    rows,
    nextRow: Math.max(before.nextRow, ...delta.added.map(([row]) => row + 1)),
    nextSlot: Math.max(before.nextSlot, ...columns.map(({ slot }) => slot + 1)),
  };
}
