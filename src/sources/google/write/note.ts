/**
 * What a batch was about to do, noted before it is sent: where its answer is lost, the next life of the daemon still knows
 * what stood in the tab and where the batch went, and can put back what it hit by mistake.
 */
import type { Column } from "#contract/layout.ts";
import type { ColumnSnapshot } from "../../../model/snapshot.ts";
import type { SourceError } from "../../source.ts";
import type { Box } from "../a1.ts";
import type { Sent, Step } from "./decide.ts";
import type { FreshCell } from "./fresh-tab.ts";

/** A note of some 100 kB. Of what is written into larger tabs nothing is put back where the answer is lost. */
const NOTE_CELLS_MAX = 5_000;

interface NotedTab {
  readonly tabId: string;
  readonly sheetId: number;
  readonly sheetTitle: string;
  readonly box: Box;
  readonly headerRow: number;
  readonly rowCount: number;
  readonly keyColumn?: number;
  readonly columns: readonly ColumnSnapshot[];
  /** Of the batch's baseline. */
  readonly known: readonly Column[];
  readonly firstColumn: number;
  readonly header: readonly (FreshCell | null)[];
  /** By position: where each row stood in the grid, and what it held. */
  readonly rows: readonly (readonly [row: number, cells: readonly (FreshCell | null)[]])[];
  readonly steps: readonly Step[];
}

const NOTE_CHARACTERS_MAX = 500_000;

/** A late original may land in place of its repetition: what was noted of both is kept. */
const SENDS_NOTED_MAX = 4;
/** Of repairs that no answer came of. */
const REPAIRS_NOTED_MAX = 4;

export const UNNOTED: SourceError = {
  tag: "Unreachable",
  detail: "The storage does not take the note of what is about to be written",
};

export function withSent(notes: readonly string[], note: string): readonly string[] {
  return [...notes, note].slice(-SENDS_NOTED_MAX);
}

/** Repairs are noted behind what was sent, which they leave in its place. */
export function withRepair(notes: readonly string[], note: string): readonly string[] {
  const all = [...notes, note];
  return [...all.slice(0, SENDS_NOTED_MAX), ...all.slice(SENDS_NOTED_MAX).slice(-REPAIRS_NOTED_MAX)];
}

/** Null: there is nothing that could be put back, or too much. */
export function noteOf(plans: readonly Sent[]): string | null {
  const noted = plans.filter(
    ({ steps, tab: { snapshot } }) =>
      steps.length > 0 && snapshot.rows.length * snapshot.columns.length <= NOTE_CELLS_MAX,
  );
  const text = JSON.stringify(noted.map(notedTab));
  return noted.length === 0 || text.length > NOTE_CHARACTERS_MAX ? null : text;
}

function notedTab({ tab, located, steps }: Sent): NotedTab {
  const { tabId, sheetId, sheetTitle, box, headerRow, rowCount, snapshot } = tab;
  const cellsOf = (row: number) =>
    snapshot.columns.map((_, position) => tab.cell(row, tab.gridColumn(position)) ?? null);
  return {
    ...{ tabId, sheetId, sheetTitle, box, headerRow, rowCount, steps },
    ...(snapshot.keyColumn === undefined ? {} : { keyColumn: snapshot.keyColumn }),
    columns: snapshot.columns,
    known: located.columns,
    firstColumn: tab.gridColumn(0),
    header: headerRow < 0 ? [] : cellsOf(headerRow),
    rows: snapshot.rows.map((_, at) => [tab.gridRow(at), cellsOf(tab.gridRow(at))]),
  };
}

/** `text`: of `noteOf`. */
export function readNote(text: string): Sent[] {
  return (JSON.parse(text) as readonly NotedTab[]).map((noted) => {
    const { columns, rows, keyColumn, known, firstColumn, headerRow, header, steps, ...tab } = noted;
    const lines = new Map([[headerRow, header], ...rows]);
    return {
      steps,
      located: { columns: known },
      tab: {
        ...tab,
        headerRow,
        snapshot: {
          tabId: tab.tabId,
          title: tab.sheetTitle,
          columns,
          rows: rows.map(([, cells]) => cells.map((cell) => cell?.value ?? null)),
          ...(keyColumn === undefined ? {} : { keyColumn }),
        },
        gridRow: (at) => rows[at]?.[0] ?? -1,
        gridColumn: (at) => firstColumn + at,
        cell: (row, column) => lines.get(row)?.[column - firstColumn] ?? undefined,
      },
    };
  });
}
