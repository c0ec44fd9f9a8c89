/** Keeps the sample workbook in a file, as what a person would type to make it again. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Emulator, Json, WorkbookSeed } from "../google-emulator/src/index.ts";

const LOOK_MS = 500;

/** The workbook as it was kept; null when there is none, or none that can be read: the sample starts over. */
export function keptWorkbook(file: string): WorkbookSeed | null {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as WorkbookSeed) : null;
  } catch {
    return null;
  }
}

/** Writes the workbook soon after each change, whole or not at all. Returns its undo, which writes what is left. */
export function keepWorkbook(emulator: Emulator, id: string, apiKey: string, file: string): () => void {
  let kept = emulator.version(id);
  const look = (): void => {
    const version = emulator.version(id);
    if (version === kept) return;
    const draft = `${file}.draft`;
    writeFileSync(draft, JSON.stringify(seedOf(emulator, id, apiKey)));
    renameSync(draft, file);
    kept = version;
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    look();
  };
}

interface Structure {
  readonly properties: { readonly title: string; readonly locale: string; readonly timeZone: string };
  readonly sheets: readonly {
    readonly properties: {
      readonly sheetId: number;
      readonly title: string;
      readonly gridProperties: { readonly rowCount: number; readonly columnCount: number };
    };
  }[];
}

function seedOf(emulator: Emulator, id: string, apiKey: string): WorkbookSeed {
  const fields = "properties(title,locale,timeZone),sheets.properties(sheetId,title,gridProperties)";
  const answer = emulator.handle({
    method: "GET",
    url: `/v4/spreadsheets/${id}?key=${apiKey}&fields=${fields}`,
  });
  if (answer.status !== 200) throw new Error(`the sample cannot be read: ${answer.status}`);
  const { properties, sheets } = JSON.parse(answer.body) as Structure;
  const person = emulator.person(id);
  return {
    ...properties,
    tabs: sheets.map(({ properties: { sheetId, title, gridProperties: size } }) => {
      const [typed, shown, raw] = (["FORMULA", "FORMATTED_VALUE", "UNFORMATTED_VALUE"] as const).map(
        (render) => person.read(title, undefined, render),
      ) as [Json[][], Json[][], Json[][]];
      const rows = typed.map((row, r) => row.map((cell, c) => asTyped(cell, shown[r]?.[c], raw[r]?.[c])));
      return { sheetId, title, size, rows };
    }),
  };
}

/** What to type for a cell: its formula, text marked as text where it would become something else, else as shown. */
function asTyped(typed: Json, shown: Json | undefined, raw: Json | undefined): Json {
  if (typeof typed === "string" && typed.startsWith("=") && raw !== typed) return typed;
  if (typeof raw === "boolean") return raw;
  if (typeof raw === "string") return /^[\s'=+\-.$\d]|^(true|false)$/i.test(raw) ? `'${raw}` : raw;
  return shown ?? "";
}
