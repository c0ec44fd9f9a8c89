import type { ComponentChildren } from "preact";

export interface DataColumn<Row> {
  readonly name: string;
  /** Numbers and acts stand at the end of their column. */
  readonly atEnd?: boolean;
  cell(row: Row): ComponentChildren;
}

/** Rows of one kind. On a phone each becomes a card whose cells carry their column's name. */
export function DataTable<Row>(props: {
  caption: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  testId?: string;
}) {
  const { caption, columns, rows, keyOf, testId } = props;
  return (
    <table class="data">
      <caption class="for-readers">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, atEnd }) => (
            <th key={name} scope="col" class={atEnd ? "at-end" : ""}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} data-testid={testId} data-id={keyOf(row)}>
            {columns.map((column) => (
              <td key={column.name} class={column.atEnd ? "at-end" : ""} data-name={column.name}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
