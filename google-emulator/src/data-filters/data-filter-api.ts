/** The methods that choose cells by DataFilter instead of by range. */
import { invalid } from "../http/errors.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { writeA1 } from "../ranges/a1.ts";
import type { Place } from "../ranges/resolve.ts";
import { parseBody, readMessage } from "../schema/schema.ts";
import { showWorkbook } from "../spreadsheets/show.ts";
import type { WorkbookCall } from "../spreadsheets/workbook-call.ts";
import { clearValues, planWrite } from "../values/block.ts";
import {
  asMajor,
  inputOf,
  linesOf,
  renderIn,
  totals,
  updateCounts,
  valueRange,
  write,
} from "../values/values-api.ts";
import { filtersIn, selectedPlaces } from "./select.ts";

export function getByDataFilter({ call, mask, open, mayEdit }: WorkbookCall): JsonObject {
  const body = readMessage("GetSpreadsheetByDataFilterRequest", parseBody(call.text));
  const workbook = open("read");
  const filters = filtersIn(body);
  const places = filters.flatMap((filter) => selectedPlaces(workbook, filter, "read"));
  return showWorkbook(workbook, {
    mask,
    includeGridData: body.includeGridData === true,
    places: filters.length > 0 ? places : null,
    mayEdit,
  });
}

export function batchGetByDataFilter({ call, open }: WorkbookCall): JsonObject {
  const body = readMessage("BatchGetValuesByDataFilterRequest", parseBody(call.text));
  const workbook = open("read");
  const render = renderIn(body.valueRenderOption, body.dateTimeRenderOption);
  // A range that several filters select is answered once, with all of them.
  const matched = new Map<string, { place: Place; dataFilters: JsonObject[] }>();
  for (const filter of filtersIn(body)) {
    for (const place of selectedPlaces(workbook, filter, "read")) {
      const key = `${place.tab.id}!${writeA1(place.tab.title, place.box)}`;
      const known = matched.get(key);
      if (known) known.dataFilters.push(filter);
      else matched.set(key, { place, dataFilters: [filter] });
    }
  }
  const valueRanges = [...matched.values()].map(({ place, dataFilters }) => ({
    valueRange: valueRange(workbook, place, asMajor(body.majorDimension), render),
    dataFilters,
  }));
  return { spreadsheetId: workbook.id, ...(valueRanges.length > 0 ? { valueRanges } : {}) };
}

export function batchUpdateByDataFilter(context: WorkbookCall): JsonObject {
  const body = readMessage("BatchUpdateValuesByDataFilterRequest", parseBody(context.call.text));
  const input = inputOf(body.valueInputOption);
  const workbook = context.open("write");
  const render = renderIn(body.responseValueRenderOption, body.responseDateTimeRenderOption);
  const data = Array.isArray(body.data) ? body.data.filter(isObject) : [];
  const planned = data.flatMap((one) => {
    const dataFilter = isObject(one.dataFilter) ? one.dataFilter : {};
    const [place] = selectedPlaces(workbook, dataFilter, "write");
    if (!place) return [];
    planWrite(place, linesOf(one), asMajor(one.majorDimension));
    return [{ one, dataFilter, place }];
  });
  const all = planned.map(({ one, place }) => write(context, workbook, place, one, input));
  const shown = body.includeValuesInResponse === true ? render : null;
  const responses = all.map((written, i) => ({
    ...updateCounts(workbook, written, shown),
    dataFilter: planned[i]?.dataFilter ?? {},
  }));
  return { spreadsheetId: workbook.id, ...totals(all), responses };
}

export function batchClearByDataFilter(context: WorkbookCall): JsonObject {
  const body = readMessage("BatchClearValuesByDataFilterRequest", parseBody(context.call.text));
  const workbook = context.open("write");
  const filters = filtersIn(body);
  if (filters.length === 0) throw invalid("At least one data filter must be specified.");
  const places = filters.flatMap((filter) => selectedPlaces(workbook, filter, "read"));
  for (const { tab, box } of places) clearValues(tab, box);
  context.touch();
  return {
    spreadsheetId: workbook.id,
    clearedRanges: places.map(({ tab, box }) => writeA1(tab.title, box)),
  };
}
