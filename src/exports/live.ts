/** Live tabs and views as data of exports, and the exports that follow them. */
import { isCellError } from "#contract/cell.ts";
import { mirrorName } from "#contract/document-name.ts";
import type { ColumnType } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { ColumnTable, LiveData, TableColumn, ValueType } from "#contract/templates.ts";
import type { Baseline } from "../model/delta.ts";
import type { Claims } from "../model/where/compile.ts";
import type { Documents, LiveDocument } from "../sync/documents.ts";
import type { Views } from "../sync/views.ts";

export interface LiveTables {
  /** What it holds now, as it is durable; the error is for who asked. */
  read(live: LiveData, claims: Claims): Promise<Result<ColumnTable, string>>;
  /** Calls `onChange` after every change, and once at the beginning; resolves with the undo, or null: it is not there. */
  follow(live: LiveData, claims: Claims, onChange: () => void): Promise<(() => void) | null>;
}

export interface LiveTablesDeps {
  readonly documents: Pick<Documents, "open" | "retain">;
  readonly views: Pick<Views, "open">;
}

export function createLiveTables({ documents, views }: LiveTablesDeps): LiveTables {
  async function open(live: LiveData, claims: Claims): Promise<LiveDocument | null> {
    const { source, tab, view = "" } = live;
    const opened =
      view === ""
        ? await documents.open(mirrorName(source, tab))
        : await views.open({ source, tab, view, kind: "view" }, claims);
    return opened.ok ? opened.value : null;
  }

  return {
    async read(live, claims) {
      const document = await open(live, claims);
      if (document) return ok(tableOf(document.baseline()));
      const what = live.view === undefined ? "" : `, or no view "${live.view}" of it that the token may read`;
      return err(`there is no tab "${live.tab}" of a source "${live.source}"${what}`);
    },
    async follow(live, claims, onChange) {
      const document = await open(live, claims);
      if (!document) return null;
      const release = documents.retain(document.name);
      const undo = await document.follow(null, { begin: onChange, change: onChange });
      return () => {
        undo();
        release();
      };
    },
  };
}

function tableOf({ columns, order, rows }: Baseline): ColumnTable {
  return {
    columns: columns.map(({ key, header, type, format }): TableColumn => {
      const known = TYPES[type];
      return {
        key,
        header,
        ...(known && { type: known }),
        ...(known && known !== "text" && format !== undefined && { format }),
      };
    }),
    rows: order.map((id) => {
      const { values } = rows.get(id)!;
      return columns.map(({ slot }) => {
        const value = values[slot] ?? null;
        return isCellError(value) ? value.error : value;
      });
    }),
  };
}

/** Those that a column of an export holds to; the others are what each value is. */
const TYPES: Readonly<Partial<Record<ColumnType, ValueType>>> = {
  text: "text",
  date: "date",
  time: "time",
  datetime: "datetime",
};
