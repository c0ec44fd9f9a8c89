/** From the bytes of an answer to a document: which encoding, which format, and what only looks like data. */
import type { FeedFormat } from "#contract/feed.ts";
import { ok, type Result } from "#contract/result.ts";
import { decodeBody } from "./decode.ts";
import { type FeedDocument, type Malformed, malformed } from "./feed-document.ts";
import { parseCsvDocument } from "./formats/csv-document.ts";
import { parseJsonDocument, parseNdjsonDocument } from "./formats/json-document.ts";
import { parseXmlDocument } from "./formats/xml-document.ts";

export interface FeedBody {
  readonly bytes: Uint8Array;
  /** Empty when the answer has none. */
  readonly contentType: string;
  /** Where it came from: its ending is a hint. */
  readonly url: string;
}

/** `format`: as a person says; null: as the body says. */
export function readBody(
  body: FeedBody,
  format: FeedFormat | null,
  depthMax: number,
): Result<FeedDocument, Malformed> {
  const decoded = decodeBody(body.bytes, body.contentType);
  if (!decoded.ok) return decoded;
  const text = decoded.value;
  if (HTML.test(text)) return htmlPage(text);
  const found = format === null ? formatOf(body, text) : ok(format);
  if (!found.ok) return found;
  switch (found.value) {
    case "json":
      return parseJsonDocument(text, depthMax);
    case "ndjson":
      return parseNdjsonDocument(text, depthMax);
    case "xml":
      return parseXmlDocument(text, depthMax);
    case "csv":
      return parseCsvDocument(text);
  }
}

const HTML = /^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])/is;

/** Sign-in and error pages often come with status 200. */
function htmlPage(text: string): Result<never, Malformed> {
  const title = /<title[^>]*>([^<]{1,100})/i.exec(text)?.[1]?.trim();
  const named = title ? `, titled "${title}",` : "";
  return malformed(
    "body",
    `is a web page${named} and no data`,
    "The last good data stay. Open the address in a browser: it may ask to sign in, or tell of an outage.",
  );
}

function formatOf({ contentType, url }: FeedBody, text: string): Result<FeedFormat, Malformed> {
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  const ending = /\.(\w+)$/.exec(URL.parse(url)?.pathname ?? "")?.[1]?.toLowerCase() ?? "";
  const format = formatOfType(type) ?? formatOfText(text) ?? ENDINGS[ending];
  if (format) return ok(format);
  return malformed(
    "body",
    `is of the type "${type || "not given"}", and does not look like JSON, XML, NDJSON or CSV`,
    'Say under "format" what the feed is written in.',
  );
}

function formatOfType(type: string): FeedFormat | null {
  if (/^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq)$/.test(type)) return "ndjson";
  if (/[/+](?:x-)?json$/.test(type)) return "json";
  if (/^(?:text|application)\/xml$|\+xml$/.test(type)) return "xml";
  return /^(?:text|application)\/(?:csv|x-csv|tab-separated-values)$/.test(type) ? "csv" : null;
}

/** For text/plain, octet streams and what says nothing. */
function formatOfText(text: string): FeedFormat | null {
  const begin = text.trimStart();
  if (begin.startsWith("<")) return "xml";
  if (begin.startsWith("[")) return "json";
  // Whole objects on the first two lines are NDJSON: one JSON object never reads like this.
  return begin.startsWith("{") ? (/^\{.*\}\s*\n\s*\{/.test(begin) ? "ndjson" : "json") : null;
}

const ENDINGS: Readonly<Record<string, FeedFormat>> = {
  csv: "csv",
  tsv: "csv",
  json: "json",
  jsonl: "ndjson",
  ndjson: "ndjson",
  xml: "xml",
  rss: "xml",
  atom: "xml",
};
