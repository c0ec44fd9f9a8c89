/**
 * Stands at the workbooks and notes what daemons write there: which wish landed in which row, over what, and whether
 * somebody had changed the workbook since the daemon read it, which no client of Google's API can rule out.
 */
import type { Json, Person } from "../../../google-emulator/src/index.ts";
import type { NetRequest, NetResponse } from "../../../src/runtime/net.ts";
import type { FarEnd } from "../network.ts";
import type { Ledger, Wished } from "./ledger.ts";

/** Header of the column that names each row, and that nobody edits. */
export const MARK = "mark";

export type Written =
  | {
      readonly tag: "landed";
      readonly wish: Wished;
      readonly atMs: number;
      /** Where it stands now. */
      readonly mark: string;
      readonly header: string;
      /** What stood there before; null also in a row that is new. */
      readonly over: Json;
      /** The workbook was changed between the daemon's last read and this. */
      readonly raced: boolean;
    }
  | { readonly tag: "removed"; readonly source: string; readonly mark: string; readonly raced: boolean }
  /** A cell that no wish asked for; `repair`: it got back what a write that somebody slipped under had replaced. */
  | { readonly tag: "touched"; readonly source: string; readonly detail: string; readonly raced: boolean }
  | { readonly tag: "repaired"; readonly source: string; readonly detail: string; readonly raced: boolean };

export interface Witness extends FarEnd {
  readonly written: readonly Written[];
  /** A daemon sends this now. */
  sent(request: NetRequest): void;
  /** Somebody changed the workbook. */
  changed(source: string): void;
}

export interface WitnessDeps {
  readonly farEnd: FarEnd;
  readonly ledger: Ledger;
  readonly person: (source: string) => Person | undefined;
  readonly nowMs: () => number;
}

/** By tab, then by mark, then by header. Rows without a mark are not looked at. */
type Image = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Json>>>;

export function createWitness({ farEnd, ledger, person, nowMs }: WitnessDeps): Witness {
  const written: Written[] = [];
  /** How often each workbook was changed by people. */
  const changes = new Map<string, number>();
  /** That number when a daemon last read it. */
  const readAt = new Map<string, number>();
  const sentAt = new WeakMap<NetRequest, number>();

  /** What raced writes replaced, by place: whoever puts it back repairs. */
  const replaced = new Map<string, Json[]>();

  function isRepair(place: string, value: Json): boolean {
    return replaced.get(place)?.some((over) => same(over, value)) ?? false;
  }

  function noteWrite(source: string, before: Image, after: Image, raced: boolean): void {
    for (const [tab, rows] of after) {
      for (const [mark, cells] of rows) {
        const old = before.get(tab)?.get(mark);
        for (const [header, value] of cells) {
          const over = old?.get(header) ?? null;
          if (same(over, value)) continue;
          const place = JSON.stringify([source, mark, header]);
          const wish = ledger.byValue(value);
          const detail = `${tab}, row ${mark}, ${header}: ${JSON.stringify(over)} became ${JSON.stringify(value)}`;
          if (raced) replaced.set(place, [...(replaced.get(place) ?? []), over]);
          if (!raced && isRepair(place, value)) {
            written.push({ tag: "repaired", source, detail, raced });
          } else if (wish?.kind === "cell") {
            written.push({ tag: "landed", wish, atMs: nowMs(), mark, header, over, raced });
          } else if (header === MARK && wish?.kind === "add") {
            written.push({ tag: "landed", wish, atMs: nowMs(), mark, header: "", over: null, raced });
          } else if (old && !isEmptied(ledger, source, mark, header, value)) {
            written.push({ tag: "touched", source, detail, raced });
          }
        }
      }
    }
    for (const [tab, rows] of before) {
      for (const mark of rows.keys()) {
        // A value that went astray into the column of marks named no row.
        if (after.get(tab)?.has(mark) || ledger.byValue(mark)?.kind === "cell") continue;
        written.push({ tag: "removed", source, mark, raced });
      }
    }
  }

  return {
    written,
    sent(request) {
      const source = workbookOf(request);
      if (source !== null) sentAt.set(request, readAt.get(source) ?? -1);
    },
    changed(source) {
      changes.set(source, (changes.get(source) ?? 0) + 1);
    },
    handle(request): NetResponse {
      const source = workbookOf(request);
      const someone = source === null ? undefined : person(source);
      if (source === null || !someone) return farEnd.handle(request);
      const isWrite = request.method !== "GET" && /:(batchUpdate|append|clear)|\/values\//.test(request.url);
      if (!isWrite) {
        readAt.set(source, changes.get(source) ?? 0);
        return farEnd.handle(request);
      }
      const before = imageOf(someone);
      const answer = farEnd.handle(request);
      const raced = sentAt.get(request) !== (changes.get(source) ?? 0);
      noteWrite(source, before, imageOf(someone), raced);
      return answer;
    },
  };
}

function workbookOf({ url }: NetRequest): string | null {
  const { pathname } = new URL(url);
  const match = /^\/v4\/spreadsheets\/([^/:]+)/.exec(pathname);
  return match ? decodeURIComponent(match[1]!) : null;
}

/** The sheet shows an empty cell and a formula's new result as they are; neither is a wish's own value. */
function isEmptied(ledger: Ledger, source: string, mark: string, header: string, value: Json): boolean {
  if (value !== null && value !== "") return false;
  return ledger.wishes.some(
    (wish) => wish.source === source && wish.mark === mark && wish.header === header && wish.value === null,
  );
}

function imageOf(person: Person): Image {
  return new Map(
    person.tabs().map((tab) => {
      const [header = [], ...rows] = person.read(tab);
      const at = header.indexOf(MARK);
      const marked = rows.filter((row) => at >= 0 && typeof row[at] === "string" && row[at] !== "");
      return [
        tab,
        new Map(
          marked.map((row) => [
            String(row[at]),
            new Map(header.map((name, column) => [String(name), row[column] ?? null])),
          ]),
        ),
      ];
    }),
  );
}

function same(a: Json, b: Json): boolean {
  return (a === "" ? null : a) === (b === "" ? null : b);
}
