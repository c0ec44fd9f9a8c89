/** What a person must give so that edits go back into a feed, and what may be wrong with it. */
import type { FeedRequest } from "#contract/feed.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { type AllowedPlaces, refusalOfUrl } from "../../../runtime/guarded-net.ts";
import type { SourceSettings } from "../../source.ts";
import { filledWith } from "./template.ts";

export function checkWrite(settings: SourceSettings, allowed: AllowedPlaces): FieldProblem[] {
  const { writable, write, format, pagination, keyField, tabs = [] } = settings;
  if (!writable) return [];
  const problem = (field: string, text: string, fix: string): FieldProblem => ({ field, problem: text, fix });
  if (format !== undefined && format !== "json") {
    return [problem("writable", `is true, and a feed of ${format} can only be read`, "leave it out")];
  }
  if (!write) {
    const fix = 'give {"type": "document"}, or {"type": "rows"} with the requests of cell, add and remove';
    return [problem("write", "is missing: a writable feed needs to know how edits go back", fix)];
  }
  if (write.type === "document") {
    if (!pagination) return [];
    return [problem("write.type", "is a whole document, and the feed has pages", 'use {"type": "rows"}')];
  }
  const problems: FieldProblem[] = [];
  const keyed = tabs.every((tab) => typeof tab === "string" || tab.keyField !== undefined);
  if (keyField === undefined && (tabs.length === 0 || !keyed)) {
    problems.push(
      problem("keyField", "is missing: requests name rows by their key", "name the key's column"),
    );
  }
  const kinds = [write.cell, write.add, write.remove];
  if (kinds.every((request) => request === undefined)) {
    problems.push(problem("write", "has no request at all", "give one for cell, add or remove"));
  }
  for (const kind of ["cell", "add", "remove"] as const) {
    const request = write[kind];
    if (!request) continue;
    problems.push(...checkRequest(`write.${kind}`, request, settings.url, allowed));
    problems.push(...checkHeaders(`write.${kind}.headers`, request.headers ?? {}));
  }
  return problems;
}

function checkRequest(
  field: string,
  { url }: FeedRequest,
  feed: string,
  allowed: AllowedPlaces,
): FieldProblem[] {
  const link = filledWith(url, () => "x");
  const refusal = refusalOfUrl(link, allowed);
  if (refusal) return [{ field: `${field}.url`, problem: refusal.problem, fix: refusal.fix }];
  // Filled in twice alike: a placeholder in the host would let a cell say where credentials go.
  const origins = ["x", "y"].map((text) => URL.parse(filledWith(url, () => text))?.origin);
  if (origins.every((origin) => origin === URL.parse(feed)?.origin)) return [];
  const problem = "is not of the feed's own origin, where its credentials belong";
  return [{ field: `${field}.url`, problem, fix: "give a link of the same scheme, host and port as url" }];
}

const OURS =
  /^(?:host|connection|content-length|transfer-encoding|te|upgrade|trailer|if-match|idempotency-key)$/i;

function checkHeaders(field: string, headers: Readonly<Record<string, string>>): FieldProblem[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const at = `${field}.${name}`;
    if (OURS.test(name)) {
      return [{ field: at, problem: "is a header that the daemon sets itself", fix: "leave it out" }];
    }
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value)) return [];
    const problem = "holds a character that cannot stand in a header";
    return [{ field: at, problem, fix: "write it again, without line breaks" }];
  });
}
