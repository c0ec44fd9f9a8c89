/** What a batch or a repair hit by mistake: as its answer tells, or, where none came, as the tabs stand now. */
import { cellsEqual } from "#contract/cell.ts";
import { type Located, locate } from "../../../model/locate.ts";
import type { Sent, Step } from "./decide.ts";
import { disguisesOf, isOwn, mayBeStray } from "./disguises.ts";
import type { FreshCell, SeenTab } from "./fresh-tab.ts";
import { type Hit, hitOf } from "./hit.ts";
import { baselineOf, rowIdOf, slotOf } from "./positions.ts";
import type { Shown } from "./read-back.ts";
import type { Struck } from "./repair-context.ts";

/** `answer`: what it shows, by id of the tab. */
export function struckOf(plans: readonly Sent[], answer: ReadonlyMap<number, Shown>): Struck[] {
  return plans.flatMap((plan) => {
    const shown = answer.get(plan.tab.sheetId);
    const hit = shown && hitOf(plan, shown);
    return shown && hit && hit.missed.length > 0 ? [{ plan, shown, hit }] : [];
  });
}

export interface Known {
  /** Ids of edits that stand where they were meant to. */
  readonly standing: ReadonlySet<string>;
  /** Ids of tabs in which something surely went astray: it was being put back. */
  readonly astray: ReadonlySet<string>;
}

/**
 * The same where no answer came: as the tabs are now, if nobody moved anything since. A step may as well have landed and
 * been changed since: that it went astray says a cell that still holds what was noted, and a value that nobody else can
 * have put elsewhere.
 */
export function unheardOf(
  plans: readonly Sent[],
  now: ReadonlyMap<string, SeenTab>,
  { standing, astray }: Known = NOTHING_KNOWN,
): Struck[] {
  return plans.flatMap((plan) => {
    const tab = now.get(plan.tab.tabId);
    if (!tab) return [];
    const end = tab.gridColumn(tab.snapshot.columns.length);
    const shown: Shown = { width: () => end, cell: tab.cell };
    const hit = hitOf(plan, shown);
    const found = locate(baselineOf(plan), tab.snapshot);
    const { strayOf } = disguisesOf(plan, tab, found);
    const unheard = { isAstray: astray.has(plan.tab.tabId) };
    const isAstray = (step: Step): boolean => {
      if (step.tag === "add") return hit.missed.includes(step);
      if (standing.has(step.edit.id)) return false;
      if (step.tag === "remove") return hit.missed.includes(step);
      const now = cellNow(plan.tab, tab, found, step);
      if (now && isSameCell(now, step.edit)) return false;
      const stray = strayOf(step);
      const isElsewhere =
        (hit.missed.includes(step) && isUntouched(plan, step, now)) ||
        (stray !== null && (unheard.isAstray || mayBeStray(plan, step, stray)));
      return isElsewhere && isOwn(plan, step);
    };
    const missed = plan.steps.filter(isAstray);
    // A row that is not known again may be the right one, edited since: nothing is emptied there.
    const rows: Hit["rows"] = (step) => {
      const found = hit.rows(step);
      return found && found.length > 0 ? found : null;
    };
    return missed.length > 0 ? [{ plan, shown, hit: { ...hit, rows, missed }, unheard }] : [];
  });
}

const NOTHING_KNOWN: Known = { standing: new Set(), astray: new Set() };

type CellStep = Extract<Step, { tag: "cell" }>;

/** What stands where the step was to go; null: that is not certain. `found`: by positions, rows plus one. */
function cellNow(
  before: SeenTab,
  now: SeenTab,
  found: Located,
  { row, column }: CellStep,
): Partial<FreshCell> | null {
  const [at, position] = [found.row(rowIdOf(before, row)), found.column(slotOf(before, column))];
  if (at.tag !== "at" || position.tag !== "at") return null;
  return now.cell(now.gridRow(at.at), now.gridColumn(position.at)) ?? {};
}

/** It holds what was noted, or what another step put there that went astray to it. */
function isUntouched(
  { tab, steps }: Sent,
  { row, column }: CellStep,
  now: Partial<FreshCell> | null,
): boolean {
  if (now === null) return false;
  const others = steps.filter(
    (other) => other.tag === "cell" && other.column === column && other.row !== row,
  ) as CellStep[];
  return [tab.cell(row, column) ?? {}, ...others.map(({ edit }) => edit)].some((was) => isSameCell(now, was));
}

function isSameCell(a: Partial<FreshCell>, b: Partial<FreshCell>): boolean {
  return a.formula === b.formula && cellsEqual(a.value ?? null, b.value ?? null);
}
