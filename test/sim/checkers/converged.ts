/** Everybody who reads a document holds the same one, and the SDK's running fold is what a fresh one gives. */
import * as Y from "yjs";
import {
  COLUMNS,
  type Column,
  type FoldedRow,
  foldEntry,
  LOG,
  type LogEntry,
  ORDER,
  type RowId,
} from "#contract/layout.ts";
import type { SimClient } from "../sim-client.ts";
import type { Checker } from "./checker.ts";
import { shown, shownOf } from "./content.ts";

export const converged: Checker = ({ world, tabs }) => {
  const late = new Map(tabs.map((tab) => [tab.room, tab.late]));
  return world.clients.flatMap((client) => {
    // An editor's own: nobody else has it.
    if (client.room.endsWith("~edits")) return client.synced ? [] : [`${client.name}: not connected`];
    const other = late.get(client.room);
    if (!other) return client.gone ? [] : [`${client.name}: ${client.room} is gone and nobody said so`];
    if (!client.synced) return [`${client.name}: not connected to ${client.room}`];
    const found: string[] = [];
    if (stateVector(client) !== stateVector(other)) {
      found.push(`${client.name}: has ${stateVector(client)}, ${other.name} has ${stateVector(other)}`);
    }
    if (JSON.stringify(shown(client)) !== JSON.stringify(freshFold(client))) {
      found.push(`${client.name}: the running fold of ${client.room} is not what a fresh fold gives`);
    }
    if (JSON.stringify(shown(client)) !== JSON.stringify(shown(other))) {
      found.push(`${client.name}: shows another ${client.room} than ${other.name}`);
    }
    return found;
  });
};

function stateVector({ doc }: SimClient): string {
  const clocks = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([a], [b]) => a - b);
  return clocks.map(([client, clock]) => `${client}:${clock}`).join(" ");
}

/** Layout 1 by the book: ten lines for any Yjs client. */
function freshFold({ doc }: SimClient): unknown {
  const rows = new Map<RowId, FoldedRow>();
  for (const entry of doc.getArray<LogEntry>(LOG)) foldEntry(rows, entry);
  return shownOf(doc.getArray<Column>(COLUMNS).toArray(), doc.getArray<RowId>(ORDER).toArray(), rows);
}
