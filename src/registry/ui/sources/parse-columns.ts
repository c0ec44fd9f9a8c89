import type { FeedColumn, FeedColumnType } from "../../../../client-sdk/src/contract/feed.ts";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";

const TYPES: readonly FeedColumnType[] = ["text", "number", "boolean", "date", "datetime"];

/**
 * A column a line: `price.amount`, `price.amount = Price` or `price.amount = Price : number`. A path may hold a ":"
 * of its own, so only a last part that is a type counts as one.
 */
export function parseColumns(text: string, field: string): Result<readonly FeedColumn[], FieldProblem> {
  const columns: FeedColumn[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const typed = /^(.*?)\s*:\s*([a-z]+)$/.exec(line);
    const type = TYPES.find((name) => name === typed?.[2]);
    const rest = type ? typed![1]! : line;
    const at = rest.lastIndexOf(" = ");
    const [path, name] = at < 0 ? [rest, ""] : [rest.slice(0, at).trim(), rest.slice(at + 3).trim()];
    if (path === "" || path.startsWith("=")) {
      const fix = "write each line as path = name : type, such as price.amount = Price : number";
      return err({ field, problem: `has a line without a path: ${line}`, fix });
    }
    columns.push({ path, ...(name !== "" && { name }), ...(type && { type }) });
  }
  return ok(columns);
}
