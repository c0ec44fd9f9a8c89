/** Requests for alternating colours. */
import { overwrite } from "../fields/field-mask.ts";
import type { Overlay } from "../grid/tab.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { boxOf, overlaps, rangeOf, shownRange } from "../ranges/box.ts";
import { withNormalColors } from "../spreadsheets/color.ts";
import { overlayById } from "./overlays.ts";
import { type Apply, boxIn, fail, maskIn, newNumber, numberIn, objectIn, rangeIn } from "./request.ts";

export const addBanding: Apply = (batch, request) => {
  const given = objectIn(request, "bandedRange");
  const { tab, box } = boxIn(batch, given);
  if (tab.state.bandedRanges.some((one) => overlaps(box, boxOf(one.range, tab.size)))) {
    fail(
      batch,
      "You cannot add alternating background colors to a range that already has alternating background colors.",
    );
  }
  const { bandedRangeId: _id, bandedRangeReference: _reference, range: _range, ...colors } = given;
  const bandedRangeId = numberIn(given, "bandedRangeId") ?? newNumber(batch);
  const added: Overlay = {
    bandedRangeId,
    range: rangeOf(tab.id, box),
    ...withNormalColors(colors),
    bandedRangeReference: String(bandedRangeId),
  };
  tab.state.bandedRanges.push(added);
  return { addBanding: { bandedRange: { ...added, range: shownRange(added.range) } } };
};

export const updateBanding: Apply = (batch, request) => {
  const given = objectIn(request, "bandedRange");
  const mask = maskIn(batch, request, "BandedRange");
  const { list, at } = overlayById(batch, "bandedRanges", "bandedRangeId", given.bandedRangeId);
  const before = list[at]!;
  const written: JsonObject = overwrite(before, withNormalColors(given), mask);
  const { bandedRangeId, bandedRangeReference } = before;
  const range = isObject(written.range) ? rangeIn(batch, written) : before.range;
  list[at] = {
    ...written,
    range,
    bandedRangeId: bandedRangeId!,
    bandedRangeReference: bandedRangeReference!,
  };
  return {};
};

export const deleteBanding: Apply = (batch, request) => {
  const { list, at } = overlayById(batch, "bandedRanges", "bandedRangeId", request.bandedRangeId);
  list.splice(at, 1);
  return {};
};
