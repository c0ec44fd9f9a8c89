/** spreadsheets.batchUpdate: all requests are applied, or none. */
import { unimplemented } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import type { WorkbookCall } from "../spreadsheets/workbook-call.ts";

export function batchUpdate(_context: WorkbookCall): JsonObject {
  throw unimplemented("spreadsheets.batchUpdate");
}
