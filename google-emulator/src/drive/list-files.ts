/** files.list: search, order, pages. */
import type { JsonObject } from "../http/json.ts";
import { type EmulatorResponse, jsonResponse } from "../http/message.ts";
import type { RouteContext } from "../route.ts";
import { invalidValue } from "./drive-errors.ts";
import { type DriveFile, roleOf } from "./file.ts";
import { maskOf } from "./files-api.ts";
import { readQuery } from "./query.ts";
import { DEFAULT_FIELDS, showFile } from "./show-file.ts";

export function listFiles({ call, caller, files }: RouteContext): EmulatorResponse {
  const query = call.query.get("q");
  const test = query ? readQuery(query, caller) : () => true;
  const visible = files.all().filter((file) => roleOf(file, caller) !== null && test(file));
  visible.sort(orderOf(call.query.get("orderBy") || "modifiedTime desc"));
  const size = Number(call.query.get("pageSize") ?? 100);
  const from = pageStart(call.query.get("pageToken"));
  const page = visible.slice(from, from + size);
  const mask = maskOf(call, "drive.FileList");
  const inner =
    mask === null ? DEFAULT_FIELDS : mask === "all" ? "all" : (mask.get("files") ?? mask.get("*"));
  const next = from + size < visible.length ? { nextPageToken: `~!!~${from + size}` } : {};
  const all: JsonObject = {
    kind: "drive#fileList",
    incompleteSearch: false,
    ...next,
    ...(inner === undefined ? {} : { files: page.map((file) => showFile(file, caller, inner)) }),
  };
  const wanted =
    mask === null || mask === "all"
      ? all
      : Object.fromEntries(Object.entries(all).filter(([name]) => mask.has(name) || mask.has("*")));
  return jsonResponse(200, wanted);
}

type Order = (a: DriveFile, b: DriveFile) => number;

/** "folder,modifiedTime desc,name": each key ascending unless it says otherwise. */
function orderOf(text: string): Order {
  const orders = text.split(",").map((part): Order => {
    const [key = "", direction, ...more] = part.trim().split(/\s+/);
    const order = ORDERS[key];
    const known = direction === undefined || direction === "desc" || direction === "asc";
    if (!order || !known || more.length > 0) throw invalidValue("orderBy");
    return direction === "desc" ? (a, b) => order(b, a) : order;
  });
  return (a, b) => orders.reduce((found, order) => found || order(a, b), 0);
}

const byModified: Order = (a, b) => a.modifiedMs - b.modifiedMs;
const equal: Order = () => 0;
const ORDERS: Readonly<Record<string, Order>> = {
  createdTime: (a, b) => a.createdMs - b.createdMs,
  folder: (a, b) => Number(isFolder(b)) - Number(isFolder(a)),
  modifiedByMeTime: byModified,
  modifiedTime: byModified,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  name_natural: (a, b) => a.name.localeCompare(b.name, "en", { numeric: true }),
  quotaBytesUsed: equal,
  recency: byModified,
  sharedWithMeTime: equal,
  starred: (a, b) => Number(b.extra.starred === true) - Number(a.extra.starred === true),
  viewedByMeTime: equal,
};

function isFolder(file: DriveFile): boolean {
  return file.mimeType === "application/vnd.google-apps.folder";
}

function pageStart(token: string | null): number {
  if (!token) return 0;
  const start = Number(/^~!!~(\d+)$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw invalidValue("pageToken");
  return start;
}
