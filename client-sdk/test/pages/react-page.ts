/** 50,000 rows under React, each counting how often it renders. */
import { Activity, createElement as h, memo } from "react";
import { createRoot } from "react-dom/client";
import { connect, type Table } from "../../src/index.ts";
import { useCell, useRow, useRowIds, useRows, useSelect, useStatus, useTable } from "../../src/react.ts";

type Fields = { n: number; label: string };

const renders: Record<string, number> = {};
const count = (what: string): void => {
  renders[what] = (renders[what] ?? 0) + 1;
};
const client = connect({ url: location.origin, token: "t" });

const Line = memo(({ table, id }: { table: Table<Fields>; id: number }) => {
  count("row");
  const row = useRow(table, id);
  return h("li", { "data-row": id }, `${row?.n} ${row?.label}`);
});
function Status({ table }: { table: Table<Fields> }) {
  count("status");
  return h("p", { id: "status" }, useStatus(table).state);
}
function Price({ table }: { table: Table<Fields> }) {
  count("cell");
  const cell = useCell(table, 7, "label");
  return h("p", { id: "cell" }, `${cell?.value} ${cell?.edit?.state ?? "-"}`);
}
function Total({ table }: { table: Table<Fields> }) {
  count("total");
  return h(
    "p",
    { id: "total" },
    useSelect(table, (now) => now.rowIds.length),
  );
}
function All({ table }: { table: Table<Fields> }) {
  count("all");
  return h("p", { id: "all" }, useRows(table).length);
}
function App() {
  const table = useTable<Fields>(client, "demo/Big");
  const ids = useRowIds(table);
  return h("main", null, [
    h(Status, { key: "s", table }),
    h(Price, { key: "c", table }),
    h(Total, { key: "t", table }),
    h(All, { key: "a", table }),
    h(
      "ul",
      { key: "u" },
      ids.map((id) => h(Line, { key: id, table, id })),
    ),
  ]);
}

const root = createRoot(document.getElementById("root")!);
// biome-ignore lint/correctness/noChildrenProp: the type of Activity wants them there
const show = (mode: "visible" | "hidden"): void => root.render(h(Activity, { mode, children: h(App) }));
show("visible");
Object.assign(globalThis, {
  renders,
  show,
  table: () => client.table("demo/Big"),
  unmount: () => root.unmount(),
});
