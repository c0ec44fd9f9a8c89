import type { FileStore } from "./drive/file-store.ts";
import type { Emulator } from "./emulator.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "./http/message.ts";

export function adminResponse(_call: Call, _emulator: Emulator, _files: FileStore): EmulatorResponse {
  return jsonResponse(404, { error: "not found" });
}
