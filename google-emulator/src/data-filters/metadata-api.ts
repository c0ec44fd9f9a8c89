/** developerMetadata.get and search. */
import { badRequest, notFound } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import { parseBody, readMessage } from "../schema/schema.ts";
import type { WorkbookCall } from "../spreadsheets/workbook-call.ts";
import { filtersIn, matchesFilter } from "./select.ts";

export function getMetadata({ open, params }: WorkbookCall): JsonObject {
  const text = params.metadataId ?? "";
  if (!/^-?\d+$/.test(text)) {
    const description = `Invalid value at 'metadata_id' (TYPE_INT32), ${JSON.stringify(text)}`;
    throw badRequest([{ field: "metadata_id", description }]);
  }
  const found = open("read").metadata.find((one) => one.metadataId === Number(text));
  if (!found) throw notFound();
  return found;
}

export function searchMetadata({ call, open }: WorkbookCall): JsonObject {
  const body = readMessage("SearchDeveloperMetadataRequest", parseBody(call.text));
  const workbook = open("read");
  const matched = workbook.metadata.flatMap((developerMetadata) => {
    const dataFilters = filtersIn(body).filter((filter) =>
      matchesFilter(workbook, developerMetadata, filter),
    );
    return dataFilters.length > 0 ? [{ developerMetadata, dataFilters }] : [];
  });
  return matched.length > 0 ? { matchedDeveloperMetadata: matched } : {};
}
