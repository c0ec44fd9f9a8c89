import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";

const COLUMNS: readonly DataColumn<FieldProblem>[] = [
  { name: "Where", cell: ({ field }) => <code>{field}</code> },
  { name: "What is wrong", cell: ({ problem }) => problem },
  { name: "Cure", cell: ({ fix }) => fix },
];

/** Mistakes in what was given, each with its place and its cure; nothing when there is none. */
export function ProblemTable({ title, problems }: { title: string; problems: readonly FieldProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <section class="problem tone-bad problem-table" role="alert" aria-label={title} data-testid="report">
      <strong>{title}</strong>
      <DataTable
        caption={title}
        columns={COLUMNS}
        rows={problems}
        keyOf={({ field, problem }) => `${field} ${problem}`}
        testId="mistake"
      />
    </section>
  );
}
