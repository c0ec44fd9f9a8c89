/**
 * Reads XLSX as another program would, by the format's own text (ECMA-376) and ZIP's (APPNOTE): no code of the library
 * that writes them takes part.
 */
import { inflateRawSync } from "node:zlib";
import { XMLParser } from "fast-xml-parser";

export interface ReadSheet {
  readonly sheet: string;
  /** Rows as far as any cell reaches; null: blank. */
  readonly data: readonly (readonly ReadValue[])[];
}

export type ReadValue = string | number | boolean | Date | null;

interface Cell {
  readonly "@r": string;
  readonly "@t"?: string;
  readonly "@s"?: string;
  readonly v?: Text;
  readonly is?: Rich;
}
/** A parser gives a text alone, or with its attributes. */
type Text = string | { readonly "#text"?: string };
interface Rich {
  readonly t?: readonly Text[];
  readonly r?: readonly { readonly t?: readonly Text[] }[];
}

interface Row {
  readonly c?: readonly Cell[];
}
type Attributes = Readonly<Record<string, string>>;
interface Styles {
  readonly styleSheet: {
    readonly cellXfs: { readonly xf: readonly Attributes[] };
    readonly numFmts?: { readonly numFmt?: readonly Attributes[] };
  };
}
interface Looks {
  readonly shared: readonly string[];
  /** Whether numbers are dates, by the cell's style. */
  readonly dates: readonly boolean[];
}

const LISTS = new Set(["sheet", "Relationship", "row", "c", "si", "r", "t", "xf", "numFmt"]);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && LISTS.has(name),
});

export async function readXlsx(file: ReadableStream<Uint8Array> | Uint8Array): Promise<ReadSheet[]> {
  const parts = unzip(file instanceof Uint8Array ? file : await new Response(file).bytes());
  const part = <T>(name: string): T => parser.parse(parts.get(name) ?? "") as T;
  const { Relationships } = part<{ Relationships: { Relationship: Attributes[] } }>(
    "xl/_rels/workbook.xml.rels",
  );
  const targets = new Map(
    Relationships.Relationship.map((link) => [
      link["@Id"],
      `xl/${link["@Target"]!.replace(/^\/?(xl\/)?/, "")}`,
    ]),
  );
  const shared = part<{ sst?: { si?: Rich[] } }>("xl/sharedStrings.xml").sst?.si ?? [];
  const { cellXfs, numFmts } = part<Styles>("xl/styles.xml").styleSheet;
  const patterns = new Map((numFmts?.numFmt ?? []).map((each) => [each["@numFmtId"]!, each["@formatCode"]!]));
  const looks: Looks = {
    shared: shared.map(richText),
    dates: cellXfs.xf.map((xf) => isDate(xf["@numFmtId"]!, patterns)),
  };
  const { workbook } = part<{ workbook: { sheets: { sheet: Attributes[] } } }>("xl/workbook.xml");
  return workbook.sheets.sheet.map((sheet) => {
    const { worksheet } = part<{ worksheet: { sheetData?: { row?: Row[] } } }>(targets.get(sheet["@r:id"])!);
    return { sheet: sheet["@name"]!, data: rowsOf(worksheet.sheetData?.row ?? [], looks) };
  });
}

function rowsOf(rows: readonly Row[], looks: Looks): ReadValue[][] {
  const places: [row: number, column: number, value: ReadValue][] = [];
  for (const { c = [] } of rows) {
    for (const cell of c) {
      const [, letters = "", row = ""] = /^([A-Z]+)(\d+)$/.exec(cell["@r"]) ?? [];
      const value = readCell(cell, looks);
      if (value !== null) places.push([Number(row) - 1, columnOf(letters), value]);
    }
  }
  const width = Math.max(0, ...places.map(([, column]) => column + 1));
  const height = Math.max(0, ...places.map(([row]) => row + 1));
  const data = Array.from({ length: height }, (): ReadValue[] => Array(width).fill(null));
  for (const [row, column, value] of places) data[row]![column] = value;
  return data;
}

function readCell(cell: Cell, { shared, dates }: Looks): ReadValue {
  if (cell["@t"] === "inlineStr") return richText(cell.is ?? {});
  const text = cell.v === undefined ? "" : textOf(cell.v);
  if (text === "") return null;
  switch (cell["@t"]) {
    case "s":
      return shared[Number(text)] ?? null;
    case "b":
      return text === "1";
    case "str":
    case "e":
      return unescaped(text);
    default:
      return dates[Number(cell["@s"] ?? 0)] ? dateOf(Number(text)) : Number(text);
  }
}

const textOf = (text: Text): string => (typeof text === "string" ? text : (text["#text"] ?? ""));

function richText({ t = [], r = [] }: Rich): string {
  return unescaped([...t, ...r.flatMap((run) => run.t ?? [])].map(textOf).join(""));
}

/** ST_Xstring: what XML cannot hold stands as _xHHHH_. */
function unescaped(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Days since 1899-12-30. */
function dateOf(serial: number): Date {
  return new Date(Math.round((serial - 25_569) * 86_400_000));
}

function isDate(id: string, patterns: ReadonlyMap<string, string>): boolean {
  const number = Number(id);
  if ((number >= 14 && number <= 22) || (number >= 45 && number <= 47)) return true;
  const plain = (patterns.get(id) ?? "").replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, "");
  return /[ymdhs]/i.test(plain);
}

function columnOf(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** By the central directory: sizes in front of a part that was streamed are naught. */
function unzip(bytes: Uint8Array): Map<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  const parts = new Map<string, string>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [method, packed] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const body = bytes.subarray(start, start + packed);
    const whole = method === 0 ? body : inflateRawSync(body);
    parts.set(decoder.decode(bytes.subarray(at + 46, at + 46 + name!)), decoder.decode(whole));
    at += 46 + name! + extra! + comment!;
  }
  return parts;
}
