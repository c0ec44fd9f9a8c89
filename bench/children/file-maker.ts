/** Makes files of tables as a download does, each piece taken as it comes and thrown away. */
import type { CellValue } from "#contract/cell.ts";
import { type FileTable, tableOfDocument } from "../../src/exports/files/file-table.ts";
import { csvFile } from "../../src/exports/files/text-files.ts";
import { xlsxTable } from "../../src/exports/files/xlsx-table.ts";
import { textStream } from "../../src/registry/api/text-stream.ts";
import { createLoopWatch } from "../loop-watch.ts";
import { serveCommands } from "./commands.mjs";

const COLUMNS = 10;

export interface MakeOptions {
  readonly cells: number;
  readonly format: "csv" | "xlsx";
}

export interface Made {
  readonly ms: number;
  readonly bytes: number;
  /** The longest that anything else in the process had to wait. */
  readonly stopMs: number;
}

serveCommands({
  async make({ cells, format }: MakeOptions): Promise<Made> {
    const file = streamOf(tableWith(cells / COLUMNS), format);
    const loop = createLoopWatch();
    loop.start();
    const start = performance.now();
    let bytes = 0;
    for await (const piece of file) {
      bytes += piece.length;
      // A socket takes its time: others have their turn between two pieces.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const ms = performance.now() - start;
    loop.stop();
    return { ms, bytes, stopMs: Math.max(0, ...loop.stretchesMs()) };
  },
});

function streamOf(table: FileTable, format: MakeOptions["format"]): ReadableStream<Uint8Array> {
  if (format === "csv") return textStream(csvFile(table));
  const made = xlsxTable(table);
  if (!made.ok) throw new Error(made.error.why);
  return made.value;
}

/** Rows are made as they are asked for: the memory that is measured is the file's. */
function tableWith(rowCount: number): FileTable {
  const columns = Array.from({ length: COLUMNS }, (_, slot) => ({
    slot,
    key: `c${slot}`,
    header: `Column ${slot}`,
    type: "mixed" as const,
  }));
  const { columns: shown } = tableOfDocument({ title: "Bench", columns, rows: [] });
  return { title: "Bench", columns: shown, rowCount, rows: () => rowsTo(rowCount) };
}

function* rowsTo(count: number): Generator<readonly CellValue[]> {
  for (let row = 0; row < count; row++) {
    yield Array.from({ length: COLUMNS }, (_, column): CellValue => {
      if (column === 0) return `id-${row}`;
      if (column % 3 === 1) return (row * 7 + column) % 9973;
      if (column % 3 === 2) return ((row + column) % 1000) / 4;
      return `text ${(row * 31 + column * 17) % 5003}`;
    });
  }
}
