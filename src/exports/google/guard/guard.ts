/** Sees to it that the batches of an update hit the rows and columns they mean, whatever people do in between. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { SkippedRow } from "#contract/exports.ts";
import { ok, type Result } from "#contract/result.ts";
import { columnLetters } from "../../../sources/google/a1.ts";
import type { Workbook, WorkbookCallError, WorkbookCalls } from "../../../sources/google/workbook-calls.ts";
import type { TabPlan } from "../../plan.ts";
import { headerRowOf, type Look, readCells, readNotes, type TabLook } from "../look.ts";
import { NOTE_KEYS } from "../names.ts";
import { type AfterBatch, afterBatch } from "./after-batch.ts";
import { putBack } from "./put-back.ts";
import { asShown, type Cells, isSeen, SIGHT_FIELDS, type Sight, sightAfter, sightBefore } from "./sight.ts";

type Request = sheets_v4.Schema$Request;

/** What one batch is to do, by tab. */
export interface Aim {
  /** What the answer is to show. */
  readonly ranges: readonly string[];
  readonly tabs: readonly AimedTab[];
}

interface AimedTab {
  readonly model: TabModel;
  readonly before: Cells;
  readonly after: AfterBatch;
  readonly sightBefore: Sight | null;
  readonly sightAfter: Sight | null;
}

export interface Guard {
  aim(requests: readonly Request[]): Aim;
  /** One call: whether all stands as the batch expects it. */
  stands(aim: Aim, signal: AbortSignal): Promise<Result<boolean, WorkbookCallError>>;
  /** One call: what the answer of the batch would have shown. */
  look(aim: Aim, signal: AbortSignal): Promise<Result<Workbook, WorkbookCallError>>;
  /** Whether the batch hit what it meant; the next one is aimed at what this one left. */
  hit(aim: Aim, shown: Workbook): boolean;
  /** Puts back what a batch hit that it did not mean; what is told of it. */
  mend(aim: Aim, signal: AbortSignal): Promise<Result<readonly SkippedRow[], WorkbookCallError>>;
}

interface TabModel {
  readonly tab: TabPlan;
  readonly look: TabLook;
  /** Null: rows are known by what is in them. */
  readonly keyAt: number | null;
  /** As the tab stands by what was seen and written since. */
  cells: Cells;
}

export interface GuardDeps {
  readonly calls: WorkbookCalls;
  readonly fileId: string;
  readonly exportId: string;
}

export function createGuard(deps: GuardDeps, look: Look, tabs: readonly TabPlan[]): Guard {
  const { calls, fileId } = deps;
  const models = tabs.map((tab): TabModel => {
    const own = look.tabs.get(tab.id)!;
    const keyAt = tab.keyColumn === null ? null : (own.place.columns.get(tab.keyColumn) ?? null);
    return { tab, look: own, keyAt, cells: own.cells };
  });

  function aimAt(model: TabModel, requests: readonly Request[]): AimedTab {
    const { look: own, keyAt, cells: before } = model;
    const after = afterBatch(before, requests, own.place.sheetId);
    return {
      model,
      before,
      after,
      sightBefore: sightBefore(own, keyAt, before, after),
      sightAfter: sightAfter(own, keyAt, after),
    };
  }

  function read(
    ranges: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<Workbook, WorkbookCallError>> {
    return calls.read(fileId, SIGHT_FIELDS, ranges, signal);
  }

  return {
    aim(requests) {
      const aimed = models.map((model) => aimAt(model, requests));
      return { ranges: aimed.flatMap(({ sightAfter }) => sightAfter?.ranges ?? []), tabs: aimed };
    },
    async stands({ tabs: aimed }, signal) {
      const sights = aimed.flatMap(({ sightBefore }) => sightBefore ?? []);
      if (sights.length === 0) return ok(true);
      const shown = await read(
        sights.flatMap(({ ranges }) => ranges),
        signal,
      );
      // The tab was renamed, or rows went that were to be shown.
      if (!shown.ok) return shown.error.tag === "BadRange" ? ok(false) : shown;
      return ok(sights.every((sight) => isSeen(sight, shown.value, null)));
    },
    look: ({ ranges }, signal) => (ranges.length === 0 ? Promise.resolve(ok({})) : read(ranges, signal)),
    hit({ tabs: aimed }, shown) {
      const isHit = ({ sightAfter, after }: AimedTab): boolean =>
        sightAfter === null || isSeen(sightAfter, shown, after);
      if (!aimed.every(isHit)) return false;
      for (const { model, after, sightAfter } of aimed) {
        model.cells = sightAfter ? asShown(after.cells, sightAfter, shown) : after.cells;
      }
      return true;
    },
    mend: ({ tabs: aimed }, signal) =>
      mend(
        deps,
        aimed.filter(({ sightAfter }) => sightAfter !== null),
        signal,
      ),
  };
}

async function mend(
  { calls, fileId, exportId }: GuardDeps,
  aimed: readonly AimedTab[],
  signal: AbortSignal,
): Promise<Result<readonly SkippedRow[], WorkbookCallError>> {
  const notes = await calls.notes(fileId, [NOTE_KEYS.row], signal);
  if (!notes.ok) return notes;
  const read = await calls.read(fileId, "sheets.properties(sheetId,title,gridProperties)", [], signal);
  if (!read.ok) return read;
  const found = readNotes(notes.value, exportId);
  const requests: Request[] = [];
  const told: SkippedRow[] = [];
  for (const { model, before, after } of aimed) {
    const { tab, look, keyAt } = model;
    const { sheetId, headerRow } = look.place;
    const sheet = read.value.sheets?.find(({ properties }) => (properties?.sheetId ?? 0) === sheetId);
    if (!sheet) continue;
    const now = await readCells(calls, fileId, sheet, signal);
    if (!now.ok) return now;
    const headerNow = headerRowOf(found, tab.id, sheetId) ?? headerRow;
    const back = putBack({ sheetId, headerRow, headerNow, keyAt, before, after, now: now.value });
    requests.push(...back.requests);
    const title = sheet.properties?.title ?? tab.title;
    for (const { row, column } of back.lost) {
      told.push({ tab: title, row: String(row + 1), why: `${LOST} ${columnLetters(column)} was emptied` });
    }
  }
  const written = requests.length === 0 ? ok({}) : await calls.write(fileId, requests, signal);
  return written.ok ? ok(told) : written;
}

const LOST = "it came while the export was written, and hit by that its cell in column";
