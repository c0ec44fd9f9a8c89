/** @jsxImportSource react */
import { type Client, connect, type RowId, type Table, warnBeforeUnload } from "@sheetwire/client";
import { indexedDbStore } from "@sheetwire/client/offline";
import {
  useCell,
  usePresence,
  useReceipts,
  useRow,
  useRowIds,
  useStatus,
  useTable,
} from "@sheetwire/client/react";
import { memo, useState } from "react";
import { createRoot } from "react-dom/client";
import type { Price } from "./prices.ts";

const Line = memo(({ table, id }: { table: Table<Price>; id: RowId }) => {
  const row = useRow(table, id);
  return (
    <tr data-row={id}>
      <td>{row?.SKU}</td>
      <td>{row?.Product}</td>
      <td>
        <PriceCell table={table} id={id} />
      </td>
    </tr>
  );
});

/** The value shows at once; its mark tells whether the sheet has it. */
function PriceCell({ table, id }: { table: Table<Price>; id: RowId }) {
  const cell = useCell(table, id, "Price");
  const [draft, setDraft] = useState<string | null>(null);
  const done = (): void => {
    if (draft !== null && draft !== "" && Number.isFinite(Number(draft)))
      table.set(id, "Price", Number(draft));
    setDraft(null);
  };
  return (
    <label title={cell?.edit?.why ?? ""}>
      <input
        size={8}
        value={draft ?? String(cell?.value ?? "")}
        onFocus={() => table.presence.set({ name: "Somebody", cell: { row: id, column: "Price" } })}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={done}
        onKeyDown={({ key }) => key === "Enter" && done()}
      />
      <i>{cell?.edit?.state}</i>
    </label>
  );
}

function Bar({ table }: { table: Table<Price> }) {
  const [status, receipts, others] = [useStatus(table), useReceipts(table), usePresence(table)];
  return (
    <p>
      <b id="status">{status.state}</b> · {others.length} others ·{" "}
      <button type="button" onClick={() => table.undo()}>
        Undo
      </button>
      {receipts.map(({ status, dismiss }) => (
        <span key={`${status.row}:${status.slot}`}>
          {status.why}{" "}
          <button type="button" onClick={dismiss}>
            Understood
          </button>
        </span>
      ))}
    </p>
  );
}

function App({ client }: { client: Client }) {
  const table = useTable<Price>(client, "demo/Price list");
  const ids = useRowIds(table);
  return (
    <main>
      <Bar table={table} />
      <table>
        <tbody>
          {ids.map((id) => (
            <Line key={id} table={table} id={id} />
          ))}
        </tbody>
      </table>
    </main>
  );
}

const { url, token } = (await (await fetch("/settings.json")).json()) as { url: string; token: string };
const client = connect({ url, token, offline: indexedDbStore({ subject: "example" }) });
warnBeforeUnload(client);
createRoot(document.getElementById("root")!).render(<App client={client} />);
