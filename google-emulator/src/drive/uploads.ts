/** Uploads to Drive v3: a file's content, with its description in the same body or without. */
import { badRequest } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import type { Call, EmulatorResponse } from "../http/message.ts";
import type { RouteContext } from "../route.ts";
import type { DriveFile } from "./file.ts";
import { answered, created, describedBy, importCsv, openFile, rewritten } from "./files-api.ts";

interface Upload {
  readonly description: JsonObject;
  readonly type: string;
  readonly content: string;
}

export function createWithContent({ call, caller, files, world }: RouteContext): EmulatorResponse {
  const upload = readUpload(call);
  const file = created(files, caller, { mimeType: upload.type, ...upload.description });
  store(file, upload, world.nowMs());
  return answered(call, file, caller);
}

export function updateWithContent(
  { call, caller, files, world }: RouteContext,
  id: string,
): EmulatorResponse {
  const file = openFile(files, id, caller, "write");
  const upload = readUpload(call);
  rewritten(file, call, upload.description, world.nowMs());
  store(file, upload, world.nowMs());
  files.touch(file);
  return answered(call, file, caller);
}

/** CSV becomes the workbook's content; other files keep their text. */
function store(file: DriveFile, { content }: Upload, nowMs: number): void {
  if (file.workbook) importCsv(file, content, nowMs);
  else file.content = content;
}

function readUpload(call: Call): Upload {
  const type = call.headers["content-type"] ?? "application/octet-stream";
  if (call.query.get("uploadType") !== "multipart") return { description: {}, type, content: call.text };
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  const parts = boundary === undefined ? [] : call.text.split(`--${boundary}`).slice(1, -1).map(partOf);
  const [description, media] = parts;
  if (!description || !media) {
    throw badRequest([{ field: "", description: "Malformed multipart body." }]);
  }
  return { description: describedBy(description.content), type: media.type, content: media.content };
}

function partOf(text: string): { type: string; content: string } {
  const [head = "", ...rest] = text.replace(/^\r?\n/, "").split(/\r?\n\r?\n/);
  const type = /^content-type:\s*([^;\r\n]+)/im.exec(head)?.[1] ?? "application/octet-stream";
  return { type: type.trim(), content: rest.join("\n\n").replace(/\r?\n$/, "") };
}
