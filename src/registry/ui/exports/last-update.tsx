import type { HandEditCell, SkippedRow, UpdateReport } from "../../../../client-sdk/src/contract/exports.ts";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";
import { countWords, timeWords } from "../parts/words.ts";
import { COUNTS } from "./export-words.ts";

const TITLES: Readonly<Record<UpdateReport["type"], string>> = {
  create: "When it was made",
  append: "The last update, rows added",
  replace: "The last update, rows replaced",
  upsert: "The last update, rows changed and added",
};

const SKIPPED: readonly DataColumn<SkippedRow>[] = [
  { name: "Tab", cell: ({ tab }) => tab },
  { name: "Row", cell: ({ row }) => row },
  { name: "Why", cell: ({ why }) => why },
];

const HAND_EDITS: readonly DataColumn<HandEditCell>[] = [
  { name: "Tab", cell: ({ tab }) => tab },
  { name: "Row", cell: ({ row }) => row },
  { name: "Column", cell: ({ column }) => column },
  { name: "Theirs", cell: ({ theirs }) => cellWords(theirs) },
  { name: "It was", cell: ({ became }) => (became === "kept" ? "kept" : "written over") },
];

/** What came of the last writing: rows by what became of them, and what people had changed. */
export function LastUpdate({ report }: { report: UpdateReport }) {
  const { skipped, skippedRows, handEdits, handEditCells } = report;
  return (
    <section class="panel" aria-labelledby="last-update">
      <h2 id="last-update">
        {TITLES[report.type]}, {timeWords(report.at)}
      </h2>
      <dl class="counts" data-testid="counts">
        {COUNTS.map((name) => (
          <div key={name} data-name={name}>
            <dt>{name}</dt>
            <dd>{report[name].toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      {skippedRows.length > 0 && (
        <>
          <p class="quiet">
            {firstWords(skipped, skippedRows.length, "row was skipped", "rows were skipped")}
          </p>
          <DataTable
            caption="Skipped rows"
            columns={SKIPPED}
            rows={skippedRows}
            keyOf={({ tab, row, why }) => `${tab} ${row} ${why}`}
          />
        </>
      )}
      {handEditCells.length > 0 && (
        <>
          <p class="quiet">
            {firstWords(handEdits, handEditCells.length, "cell had", "cells had")} been changed by hand.
          </p>
          <DataTable
            caption="Cells that people had changed"
            columns={HAND_EDITS}
            rows={handEditCells}
            keyOf={({ tab, row, column }) => `${tab} ${row} ${column}`}
            testId="hand-edit"
          />
        </>
      )}
    </section>
  );
}

function firstWords(count: number, shown: number, one: string, many: string): string {
  return `${countWords(count, one, many)}${count > shown ? `, of which ${shown} are shown` : ""}`;
}

function cellWords(value: HandEditCell["theirs"]): string {
  if (value === null) return "(empty)";
  return typeof value === "object" ? value.error : String(value);
}
