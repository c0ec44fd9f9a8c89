/** spreadsheets.batchUpdate: all requests are applied, or none. */

import { below } from "../fields/field-mask.ts";
import { PROTECTED } from "../grid/protection.ts";
import type { Workbook } from "../grid/workbook.ts";
import { invalid, unimplemented } from "../http/errors.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { parseBody, readMessage } from "../schema/schema.ts";
import { placesOf, showWorkbook } from "../spreadsheets/show.ts";
import type { WorkbookCall } from "../spreadsheets/workbook-call.ts";
import { APPLY } from "./requests.ts";

/** Google's limit. */
const REQUESTS_MAX = 100_000;

export function batchUpdate(context: WorkbookCall): JsonObject {
  const body = readMessage("BatchUpdateSpreadsheetRequest", parseBody(context.call.text));
  const requests = Array.isArray(body.requests) ? body.requests.filter(isObject) : [];
  const workbook = context.open("write");
  if (requests.length === 0) throw invalid("Must specify at least one request.");
  if (requests.length > REQUESTS_MAX) throw invalid(`The maximum number of requests is ${REQUESTS_MAX}.`);
  const saved = workbook.save();
  try {
    const replies = requests.map((request, i) => applied(context, workbook, request, i));
    context.touch();
    return {
      spreadsheetId: workbook.id,
      replies,
      ...(body.includeSpreadsheetInResponse === true
        ? { updatedSpreadsheet: updatedSpreadsheet(context, workbook, body) }
        : {}),
    };
  } catch (error) {
    workbook.restore(saved);
    throw error;
  }
}

function applied(context: WorkbookCall, workbook: Workbook, request: JsonObject, i: number): JsonObject {
  const names = Object.keys(request);
  const [name] = names;
  if (name === undefined || names.length !== 1) {
    throw invalid(
      `Invalid requests[${i}]: ${name === undefined ? "No request set." : "Only one request may be set."}`,
    );
  }
  const apply = APPLY[name];
  const fields = request[name];
  if (!apply) throw unimplemented(`the batchUpdate request ${name}`);
  const { user, nowMs, random } = context;
  const reply = apply(
    { workbook, user, nowMs, random, where: `requests[${i}].${name}` },
    isObject(fields) ? fields : {},
  );
  if (context.broken()) throw invalid(`Invalid requests[${i}].${name}: ${PROTECTED}`);
  // A later request of the batch must compute with what this one wrote.
  workbook.version += 1;
  return reply;
}

function updatedSpreadsheet(
  { mask, mayEdit }: WorkbookCall,
  workbook: Workbook,
  body: JsonObject,
): JsonObject {
  const ranges = Array.isArray(body.responseRanges) ? body.responseRanges.map(String) : [];
  const wanted = below(mask, "updatedSpreadsheet");
  return showWorkbook(workbook, {
    mask: wanted,
    // Ignored where a mask was set.
    includeGridData: body.responseIncludeGridData === true,
    mayEdit,
    places: placesOf(workbook, ranges),
  });
}
