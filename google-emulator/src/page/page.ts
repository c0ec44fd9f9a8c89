import type { Call, EmulatorResponse } from "../http/message.ts";

export function pageResponse(_call: Call): EmulatorResponse {
  return { status: 200, headers: { "content-type": "text/html; charset=UTF-8" }, body: "" };
}
