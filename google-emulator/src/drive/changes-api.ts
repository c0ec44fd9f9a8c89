/** The methods of Drive v3's changes and channels. */
import { type FieldMask, select } from "../fields/field-mask.ts";
import { ApiError } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import { type EmulatorResponse, jsonResponse } from "../http/message.ts";
import type { RouteContext } from "../route.ts";
import type { Change } from "./change-log.ts";
import { invalidValue } from "./drive-errors.ts";
import { roleOf } from "./file.ts";
import { bodyOf, maskOf, textOf } from "./files-api.ts";
import { showFile } from "./show-file.ts";

export function startPageToken({ call, caller, files, world }: RouteContext): EmulatorResponse {
  needAccount(caller);
  const startPageToken = String(files.changes.length(world.nowMs()) + 1);
  const all = { kind: "drive#startPageToken", startPageToken };
  return jsonResponse(200, select(all, maskOf(call, "drive.StartPageToken") ?? "all"));
}

/** Page tokens are places in the feed and never expire; a file that changed often is told once, at its last place. */
export function listChanges({ call, caller, files, world }: RouteContext): EmulatorResponse {
  needAccount(caller);
  const from = placeOf(call.query.get("pageToken"));
  const size = Number(call.query.get("pageSize") ?? 100);
  const nowMs = world.nowMs();
  const all = files.changes.since(from - 1, nowMs);
  const page: Change[] = [];
  let next = from;
  const last = new Map(all.map((change) => [change.file.id, change.number]));
  for (const change of all) {
    if (page.length === size) break;
    next = change.number + 1;
    const wanted = last.get(change.file.id) === change.number && roleOf(change.file, caller) !== null;
    if (wanted && (!change.removed || call.query.get("includeRemoved") !== "false")) page.push(change);
  }
  const end = files.changes.length(nowMs) + 1;
  const mask = maskOf(call, "drive.ChangeList");
  const inner =
    mask === null ? DEFAULT_CHANGE : mask === "all" ? "all" : (mask.get("changes") ?? mask.get("*"));
  const body: JsonObject = {
    kind: "drive#changeList",
    ...(next < end ? { nextPageToken: String(next) } : { newStartPageToken: String(end) }),
    ...(inner === undefined ? {} : { changes: page.map((change) => shown(change, inner, caller)) }),
  };
  const wanted =
    mask === null || mask === "all"
      ? body
      : Object.fromEntries(Object.entries(body).filter(([name]) => mask.has(name) || mask.has("*")));
  return jsonResponse(200, wanted);
}

/** A channel that Google calls whenever this account's feed grew. */
export function watchChanges({ call, caller, files, world }: RouteContext): EmulatorResponse {
  needAccount(caller);
  placeOf(call.query.get("pageToken"));
  const mask = maskOf(call, "drive.Channel") ?? "all";
  const body = bodyOf(call, "drive.Channel");
  const [id, address, type] = [textOf(body, "id"), textOf(body, "address"), textOf(body, "type")];
  if (id === undefined || id === "") throw invalidValue("id");
  if (type !== "web_hook" && type !== "webhook") throw invalidValue("type");
  if (!address?.startsWith("https://") && !address?.startsWith("http://")) {
    throw new ApiError("INVALID_ARGUMENT", "WebHook callback must be HTTPS", {
      drive: { reason: "push.webhookUrlNotHttps" },
    });
  }
  const token = textOf(body, "token");
  const wishedMs = Number(textOf(body, "expiration") ?? Number.NaN);
  const channel = files.channels.open(
    { id, address, caller, ...(token === undefined ? {} : { token }) },
    { nowMs: world.nowMs(), wishedMs, place: files.changes.length(world.nowMs()), resourceId: files.newId() },
  );
  if (!channel) {
    throw new ApiError("INVALID_ARGUMENT", `Channel id ${id} not unique`, {
      drive: { reason: "channelIdNotUnique" },
    });
  }
  const shownChannel = {
    kind: "api#channel",
    id,
    resourceId: channel.resourceId,
    resourceUri: "https://www.googleapis.com/drive/v3/changes?alt=json",
    ...(token === undefined ? {} : { token }),
    expiration: String(channel.endsMs),
  };
  return jsonResponse(200, select(shownChannel, mask));
}

export function stopChannel({ call, files }: RouteContext): EmulatorResponse {
  const body = bodyOf(call, "drive.Channel");
  const id = textOf(body, "id") ?? "";
  if (!files.channels.close(id, textOf(body, "resourceId") ?? "")) {
    throw new ApiError("NOT_FOUND", `Channel '${id}' not found for project`, {
      drive: { reason: "notFound" },
    });
  }
  return { status: 204, headers: {}, body: "" };
}

const DEFAULT_CHANGE: FieldMask = new Map([
  ["kind", "all"],
  ["type", "all"],
  ["changeType", "all"],
  ["time", "all"],
  ["removed", "all"],
  ["fileId", "all"],
]);

function shown({ file, removed, atMs }: Change, mask: FieldMask, caller: RouteContext["caller"]): JsonObject {
  const all: JsonObject = {
    kind: "drive#change",
    type: "file",
    changeType: "file",
    time: new Date(atMs).toISOString(),
    removed,
    fileId: file.id,
    ...(removed ? {} : { file: showFile(file, caller, "all") }),
  };
  return select(all, mask) as JsonObject;
}

function placeOf(token: string | null): number {
  const place = Number(token);
  if (token === null || !Number.isSafeInteger(place) || place < 1) throw invalidValue("pageToken");
  return place;
}

/** An API key stands for nobody whose changes there could be. */
function needAccount(caller: RouteContext["caller"]): void {
  if (caller.kind !== "apiKey") return;
  throw new ApiError("UNAUTHENTICATED", "Login Required.", {
    drive: { reason: "required", location: "Authorization" },
  });
}
