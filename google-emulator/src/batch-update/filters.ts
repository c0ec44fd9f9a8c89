/** Requests for filters. They are kept and shown; rows stay in sight. */
import type { Overlay } from "../grid/tab.ts";
import { copyOf } from "../http/json.ts";
import { rangeOf, shownRange } from "../ranges/box.ts";
import { merged, overlayById } from "./overlays.ts";
import { type Apply, boxIn, maskIn, newNumber, numberIn, objectIn, tabIn } from "./request.ts";

export const setBasicFilter: Apply = (batch, request) => {
  const filter = objectIn(request, "filter");
  const { tab, box } = boxIn(batch, filter);
  // An open filter is closed by the grid when it is set.
  tab.state.basicFilter = { ...copyOf(filter), range: rangeOf(tab.id, box) };
  return {};
};

export const clearBasicFilter: Apply = (batch, request) => {
  tabIn(batch, numberIn(request, "sheetId")).state.basicFilter = null;
  return {};
};

export const addFilterView: Apply = (batch, request) => {
  const given = objectIn(request, "filter");
  const { tab, box } = boxIn(batch, given);
  const added: Overlay = {
    filterViewId: numberIn(given, "filterViewId") ?? newNumber(batch),
    title: `Filter ${tab.state.filterViews.length + 1}`,
    ...copyOf(given),
    range: rangeOf(tab.id, box),
  };
  tab.state.filterViews.push(added);
  return { addFilterView: { filter: { ...added, range: shownRange(added.range) } } };
};

export const updateFilterView: Apply = (batch, request) => {
  const given = objectIn(request, "filter");
  const { list, at } = overlayById(batch, "filterViews", "filterViewId", given.filterViewId);
  list[at] = merged(batch, list[at]!, given, maskIn(batch, request, "FilterView"));
  return {};
};

export const duplicateFilterView: Apply = (batch, request) => {
  const { list, at } = overlayById(batch, "filterViews", "filterViewId", request.filterId);
  const source = list[at]!;
  const copy: Overlay = {
    ...copyOf(source),
    filterViewId: newNumber(batch),
    title: `Copy of ${String(source.title)}`,
  };
  list.push(copy);
  return { duplicateFilterView: { filter: { ...copy, range: shownRange(copy.range) } } };
};

export const deleteFilterView: Apply = (batch, request) => {
  const { list, at } = overlayById(batch, "filterViews", "filterViewId", request.filterId);
  list.splice(at, 1);
  return {};
};
