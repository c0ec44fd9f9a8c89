/** sheets.copyTo: a tab's copy in another workbook, or in the same. */
import { badRequest, invalid } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import { parseBody, readMessage } from "../schema/schema.ts";
import { showTabProperties } from "./show.ts";
import type { WorkbookCall } from "./workbook-call.ts";

export function copyTab(context: WorkbookCall): JsonObject {
  const body = readMessage("CopySheetToAnotherSpreadsheetRequest", parseBody(context.call.text));
  const sheetId = wholeNumber(context.params.sheetId ?? "", "sheet_id");
  const source = context.open("read");
  const tab = source.tabById(sheetId);
  if (!tab) throw invalid(`No grid with id: ${sheetId}`);
  const { file, workbook } = context.files.openWorkbook(
    String(body.destinationSpreadsheetId ?? ""),
    context.caller,
    "write",
  );
  const newId = (): number => 1 + Math.floor(context.random() * 2_147_483_646);
  const copy = tab.duplicate(newId(), newId);
  copy.state.title = workbook.freeTitle(`Copy of ${tab.title}`);
  workbook.tabs.push(copy);
  context.files.touch(file);
  return showTabProperties(workbook, copy);
}

/** A path's parameter that must be an int32. */
export function wholeNumber(text: string, field: string): number {
  const number = Number(text);
  if (/^-?\d+$/.test(text) && Math.abs(number) <= 2_147_483_648) return number;
  const description = `Invalid value at '${field}' (TYPE_INT32), ${JSON.stringify(text)}`;
  throw badRequest([{ field, description }]);
}
