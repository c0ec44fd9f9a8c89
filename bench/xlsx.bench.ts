/** A tab as XLSX beside CSV, streamed: time, bytes, the most memory on the way, the longest stop of the loop. */

import { startChild } from "./children/child.ts";
import type { Made, MakeOptions } from "./children/file-maker.ts";
import { print, printAgainst } from "./line.ts";
import { numberOption } from "./options.ts";

const MIB = 1024 * 1024;
/** As many as are made at most. */
const CELLS_MAX = 6_000_000;
const most = numberOption("cells", CELLS_MAX);

for (const cells of [most / 10, most]) {
  const csv = await measure({ cells, format: "csv" });
  const xlsx = await measure({ cells, format: "xlsx" });
  const what = `${cells.toLocaleString("en")} cells`;
  printAgainst(`${what} as XLSX`, "ms", xlsx.ms, { name: "CSV", value: csv.ms });
  printAgainst(`${what}, size of XLSX`, "MB", xlsx.bytes / 1e6, { name: "CSV", value: csv.bytes / 1e6 });
  printAgainst(`${what}, memory for XLSX`, "MiB", xlsx.peak / MIB, { name: "CSV", value: csv.peak / MIB });
  print({ name: `${what} as XLSX, longest stop of the loop`, value: xlsx.stopMs, unit: "ms" });
  print({ name: `${what} as CSV, longest stop of the loop`, value: csv.stopMs, unit: "ms" });
}

/** Memory is the most beyond that of the process before. */
async function measure(options: MakeOptions): Promise<Made & { readonly peak: number }> {
  const child = startChild("children/file-maker.ts");
  const before = await child.memory();
  await child.watchMemory();
  const made = await child.ask<Made>("make", options);
  const peak = (await child.peakMemory()) - before;
  await child.end();
  return { ...made, peak };
}
