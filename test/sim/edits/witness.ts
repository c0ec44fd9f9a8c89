/**
 * Stands at the workbooks and notes what daemons write there: which wish landed in which row, over what, and whether
 * somebody had changed the workbook since the daemon read it, which no client of Google's API can rule out.
 */
import type { Json, Person } from "../../../google-emulator/src/index.ts";
import type { NetRequest, NetResponse } from "../../../src/runtime/net.ts";
import type { FarEnd } from "../network.ts";
import type { Ledger, Wished } from "./ledger.ts";
import { MARK } from "./mark.ts";
import { nameRow } from "./people.ts";

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
      /** And before what a raced write had brought there, if anything. */
      readonly known: Json;
      /** The workbook was changed between the daemon's last read and this. */
      readonly raced: boolean;
    }
  | { readonly tag: "removed"; readonly source: string; readonly mark: string; readonly raced: boolean }
  /** A cell that no wish asked for. */
  | { readonly tag: "touched"; readonly source: string; readonly detail: string; readonly raced: boolean }
  /** It got back what a write that somebody slipped under had replaced. */
  | { readonly tag: "repaired"; readonly source: string; readonly detail: string; readonly raced: boolean }
  /**
   * What nobody could put back: such a write hit a row that came only in between, which was emptied there, or a cell that
   * somebody had typed into in between, which got back what the daemon had read.
   */
  | { readonly tag: "lost"; readonly source: string; readonly detail: string; readonly raced: boolean };

export interface Witness extends FarEnd {
  readonly written: readonly Written[];
  /** A daemon sends this now. */
  sent(request: NetRequest): void;
  /** Somebody changed the workbook. */
  changed(source: string): void;
  /** Values of wishes that stand in a row or column that is not theirs by now, and marks that stand in another row. */
  astray(): readonly Json[];
  /** Rows that the daemon had read, that went with a removal of another one, and are not back. */
  taken(): readonly string[];
  /** Rows that a person had removed, and that a repair brought back. */
  readonly raised: readonly string[];
}

export interface WitnessDeps {
  readonly farEnd: FarEnd;
  readonly ledger: Ledger;
  readonly person: (source: string) => Person | undefined;
  readonly nowMs: () => number;
  /** Rows are told apart by their marks. */
  readonly keyed: boolean;
}

/** The first tab as it stands: people and daemons leave it the only one. */
interface Image {
  readonly tab: string;
  readonly header: readonly Json[];
  /** With the header. */
  readonly rows: readonly (readonly Json[])[];
  /** Who each row is in truth; "" where nobody is. */
  readonly names: readonly string[];
}

interface Read {
  /** How often people had changed the workbook by then. */
  readonly changes: number;
  readonly image: Image;
}

export function createWitness({ farEnd, ledger, person, nowMs, keyed }: WitnessDeps): Witness {
  const written: Written[] = [];
  /** How often each workbook was changed by people. */
  const changes = new Map<string, number>();
  /** When a daemon last read it. */
  const reads = new Map<string, Read>();
  const sentAfter = new WeakMap<NetRequest, Read>();

  /** What raced writes replaced, by place: whoever puts it back repairs. */
  const replaced = new Map<string, Json[]>();
  /** What the last of them brought there, and over what: whoever replaces that replaces what stood there before it. */
  const brought = new Map<string, { readonly value: Json; readonly over: Json }>();

  /**
   * What a daemon had read at places where somebody typed before its raced write came. It never saw what was typed, and
   * Google does not tell what a write replaced: what it had read before it sent, or since if that came late, is all that
   * anybody could put back there, once.
   */
  const unseen = new Map<string, readonly Json[]>();

  /** Values of new rows that such a write put under other columns: nameless, until each goes under its own. */
  const misplaced = new Set<string>();

  function isRepair(place: string, value: Json): boolean {
    return replaced.get(place)?.some((over) => same(over, value)) ?? false;
  }

  /**
   * Rows, by source, that hold a value that such a write brought astray. Where its answer was lost as well nobody puts it
   * back, and without keys such rows pass for one another: what then goes elsewhere or away is of the same race.
   */
  const hit = new Map<string, Set<string>>();
  const isDoubtful = (source: string): boolean => !keyed && (hit.get(source)?.size ?? 0) > 0;
  /** Rows that went with a write that somebody slipped under, by their names: whether they had been read before it. */
  const gone = new Map<string, boolean>();
  const raised: string[] = [];

  function noteWrite(source: string, request: NetRequest, before: Image, after: Image): void {
    const read = sentAfter.get(request);
    const raced = read?.changes !== (changes.get(source) ?? 0);
    const { tab, header, rows } = after;
    const origins = originsOf(request, before.rows.length);
    for (let at = 1; at < rows.length; at++) {
      const origin = origins[at] ?? at;
      const old = before.rows[origin];
      const name = before.names[origin] || (old ? "" : nameNew(source, after, at));
      if (name === "") {
        if (raced) for (const value of rows[at]!) if (!isBlank(value)) misplaced.add(`${source} ${value}`);
        continue;
      }
      if (!old && gone.delete(`${source} ${name}`)) {
        written.push({ tag: "repaired", source, detail: `row ${name} is back`, raced });
        continue;
      }
      if (!old && !addedAs(rows[at]!)) raised.push(`${source} ${name}`);
      header.forEach((title, column) => {
        const [over, value] = [old?.[column] ?? null, rows[at]![column] ?? null];
        if (same(over, value)) return;
        if (raced && read) {
          const images = [read, reads.get(source) ?? read].map(({ image }) => image);
          noteUnseen(source, name, String(title), over, images);
        }
        note({ tab, source, name, header: String(title), over, value, raced, isNew: !old });
      });
    }
    before.names.forEach((name, at) => {
      if (at === 0 || name === "" || origins.includes(at)) return;
      written.push({ tag: "removed", source, mark: name, raced: raced || isDoubtful(source) });
      if (raced) gone.set(`${source} ${name}`, read?.image.names.includes(name) ?? false);
    });
  }

  /** A new row is the one that was wished for, under whatever columns its values came, or one that comes back. */
  function nameNew(source: string, { tab, header, rows }: Image, row: number): string {
    const marks = header.indexOf(MARK);
    const mark = rows[row]![marks] ?? null;
    const name = addedAs(rows[row]!) ?? (isBlank(mark) ? "" : String(mark));
    if (name !== "") nameRow(person(source)!, { tab, marks, row }, name);
    return name;
  }

  function addedAs(row: readonly Json[]): string | undefined {
    return row.map((value) => ledger.byValue(value)).find((wish) => wish?.kind === "add")?.mark;
  }

  function noteUnseen(
    source: string,
    name: string,
    title: string,
    over: Json,
    images: readonly Image[],
  ): void {
    const known = images.flatMap(({ header, rows, names }) => {
      const column = header.indexOf(title);
      const row = rows[names.indexOf(name)];
      return row && column >= 0 ? [row[column] ?? null] : [];
    });
    const others = known.filter((value) => !same(value, over));
    if (others.length > 0) unseen.set(placeOf(source, name, title), others);
  }

  /** Whether a cell gets back what was read there last, before somebody typed what is lost now. */
  function isLastRead(place: string, value: Json): boolean {
    return (unseen.get(place) ?? []).some((known) => same(known, value)) && unseen.delete(place);
  }

  function note({ tab, source, name, header, over, value, raced, isNew }: Change): void {
    const place = placeOf(source, name, header);
    const wish = ledger.byValue(value);
    const detail = `${tab}, row ${name}, ${header}: ${JSON.stringify(over)} became ${JSON.stringify(value)}`;
    if (raced) replaced.set(place, [...(replaced.get(place) ?? []), over]);
    const stray = brought.get(place);
    const known = stray && same(stray.value, over) ? stray.over : over;
    const isSorted = isBlank(value) && misplaced.delete(`${source} ${over}`);
    const repairs = !raced && (isSorted || isRepair(place, value));
    if (raced || repairs) brought.set(place, { value, over: known });
    if (repairs) {
      hit.get(source)?.delete(name);
      written.push({ tag: "repaired", source, detail, raced });
    } else if (!raced && isLastRead(place, value)) {
      hit.get(source)?.delete(name);
      written.push({ tag: "lost", source, detail, raced });
    } else if (wish?.kind === "cell") {
      const isElsewhere = name !== wish.mark;
      if (isElsewhere && raced) hit.set(source, (hit.get(source) ?? new Set()).add(name));
      const ofRace = raced || (isElsewhere && isDoubtful(source));
      written.push({ tag: "landed", wish, atMs: nowMs(), mark: name, header, over, known, raced: ofRace });
    } else if (header === MARK && wish?.kind === "add") {
      written.push({
        tag: "landed",
        wish,
        atMs: nowMs(),
        mark: name,
        header: "",
        over: null,
        known: null,
        raced,
      });
    } else if (isBlank(value) && !raced && replaced.has(place)) {
      written.push({ tag: "lost", source, detail, raced });
    } else if (!isNew && !isEmptied(ledger, source, name, header, value)) {
      written.push({ tag: "touched", source, detail, raced });
    }
  }

  return {
    written,
    raised,
    sent(request) {
      const source = workbookOf(request);
      const read = source === null ? undefined : reads.get(source);
      if (read) sentAfter.set(request, read);
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
        reads.set(source, { changes: changes.get(source) ?? 0, image: imageOf(someone) });
        return farEnd.handle(request);
      }
      const before = imageOf(someone);
      const answer = farEnd.handle(request);
      if (answer.status === 200) noteWrite(source, request, before, imageOf(someone));
      return answer;
    },
    taken() {
      const wished = new Set(
        ledger.wishes.flatMap(({ kind, source, mark }) => (kind === "remove" ? [`${source} ${mark}`] : [])),
      );
      return [...gone].flatMap(([name, isKnown]) => (isKnown && !wished.has(name) ? [name] : []));
    },
    astray() {
      const sources = new Set(ledger.wishes.map(({ source }) => source));
      return [...sources].flatMap((source) => {
        const someone = person(source);
        if (!someone) return [];
        const { header, rows, names } = imageOf(someone);
        return rows.flatMap((row, at) =>
          row.filter((value, column) => {
            const wish = ledger.byValue(value);
            if (wish?.kind === "cell") return names[at] !== wish.mark || header[column] !== wish.header;
            const isMark = at > 0 && header[column] === MARK && !isBlank(value);
            return isMark && Boolean(names[at]) && names[at] !== value;
          }),
        );
      });
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
  if (!isBlank(value)) return false;
  return ledger.wishes.some(
    (wish) => wish.source === source && wish.mark === mark && wish.header === header && wish.value === null,
  );
}

function imageOf(person: Person): Image {
  const tab = person.tabs()[0]!;
  const rows = person.read(tab);
  const header = rows[0] ?? [];
  const notes = person.notes(tab, header.indexOf(MARK));
  return { tab, header, rows, names: rows.map((_, at) => notes[at] ?? "") };
}

/** By row of the grid after a write: which one it was before, or -1. */
function originsOf({ body }: NetRequest, height: number): number[] {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body as Uint8Array);
  const { requests } = JSON.parse(text) as { requests: readonly StructuralRequest[] };
  const origins = Array.from({ length: height }, (_, at) => at);
  for (const { insertDimension, deleteDimension } of requests) {
    const { startIndex, endIndex } = (insertDimension ?? deleteDimension)?.range ?? {
      startIndex: 0,
      endIndex: 0,
    };
    while (origins.length < startIndex) origins.push(-1);
    const added = insertDimension ? Array.from({ length: endIndex - startIndex }, () => -1) : [];
    origins.splice(startIndex, deleteDimension ? endIndex - startIndex : 0, ...added);
  }
  return origins;
}

interface StructuralRequest {
  readonly insertDimension?: { readonly range: RowRange };
  readonly deleteDimension?: { readonly range: RowRange };
}

interface RowRange {
  readonly startIndex: number;
  readonly endIndex: number;
}

/** A cell that a write made another one. */
interface Change {
  readonly tab: string;
  readonly source: string;
  /** Of the row. */
  readonly name: string;
  readonly header: string;
  readonly over: Json;
  readonly value: Json;
  readonly raced: boolean;
  readonly isNew: boolean;
}

/** `name`: the row's in truth. */
function placeOf(source: string, name: string, header: string): string {
  return JSON.stringify([source, name, header]);
}

function isBlank(value: Json): boolean {
  return value === null || value === "";
}

function same(a: Json, b: Json): boolean {
  return (a === "" ? null : a) === (b === "" ? null : b);
}
