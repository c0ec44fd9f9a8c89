import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";

/** Lines of a name, the separator and a value, as an object; the first line that lacks name or separator as error. */
export function parseLines(text: string, separator: string): Result<Record<string, string>, string> {
  const pairs: [name: string, value: string][] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const at = line.indexOf(separator);
    if (at <= 0) return err(line);
    pairs.push([line.slice(0, at).trim(), line.slice(at + separator.length).trim()]);
  }
  return ok(Object.fromEntries(pairs));
}

/** The lines that hold something. */
export function linesOf(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => line.trim() || []);
}
