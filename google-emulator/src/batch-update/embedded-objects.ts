/** Requests for charts and slicers: kept, placed, given back; nothing is drawn. */
import { overwrite } from "../fields/field-mask.ts";
import { newTabState, Tab } from "../grid/tab.ts";
import { copyOf, isObject, type JsonObject } from "../http/json.ts";
import { withNormalColors } from "../spreadsheets/color.ts";
import { type Apply, type Batch, fail, maskIn, newNumber, numberIn, objectIn, tabIn } from "./request.ts";

/** Pixels of an object that came without a size. */
const SIZES = {
  charts: { widthPixels: 600, heightPixels: 371 },
  slicers: { widthPixels: 200, heightPixels: 50 },
};
type Kind = keyof typeof SIZES;

export const addChart: Apply = (batch, request) => {
  const given = objectIn(request, "chart");
  const { tab, position } = placed(batch, "charts", objectIn(given, "position"));
  const spec = chartSpec(objectIn(given, "spec"));
  const border = isObject(given.border) ? { border: withNormalColors(given.border) } : {};
  const chart = { chartId: idFor(batch, given, "chartId"), spec, position, ...border };
  tab.state.charts.push(chart);
  return { addChart: { chart: copyOf(chart) } };
};

export const updateChartSpec: Apply = (batch, request) => {
  const { object } = objectById(batch, numberIn(request, "chartId"), ["charts"]);
  object.spec = chartSpec(objectIn(request, "spec"));
  return {};
};

export const addSlicer: Apply = (batch, request) => {
  const given = objectIn(request, "slicer");
  const { tab, position } = placed(batch, "slicers", objectIn(given, "position"));
  const spec = withNormalColors(objectIn(given, "spec"));
  const slicer = { slicerId: idFor(batch, given, "slicerId"), spec, position };
  tab.state.slicers.push(slicer);
  return { addSlicer: { slicer: copyOf(slicer) } };
};

export const updateSlicerSpec: Apply = (batch, request) => {
  const mask = maskIn(batch, request, "SlicerSpec");
  const { object } = objectById(batch, numberIn(request, "slicerId"), ["slicers"]);
  object.spec = overwrite(objectIn(object, "spec"), withNormalColors(objectIn(request, "spec")), mask);
  return {};
};

export const updateEmbeddedObjectPosition: Apply = (batch, request) => {
  const { tab, kind, object } = objectById(batch, numberIn(request, "objectId"), ["charts", "slicers"]);
  const given = objectIn(request, "newPosition");
  let wanted = given;
  if (isObject(given.overlayPosition)) {
    const before = objectIn(objectIn(object, "position"), "overlayPosition");
    const mask = maskIn(batch, request, "OverlayPosition");
    wanted = { overlayPosition: overwrite(before, given.overlayPosition, mask) };
  }
  const to = placed(batch, kind, wanted);
  object.position = to.position;
  tab.state[kind] = tab.state[kind].filter((one) => one !== object);
  to.tab.state[kind].push(object);
  return { updateEmbeddedObjectPosition: { position: copyOf(to.position) } };
};

export const updateEmbeddedObjectBorder: Apply = (batch, request) => {
  const { object } = objectById(batch, numberIn(request, "objectId"), ["charts"]);
  const given = withNormalColors(objectIn(request, "border"));
  object.border = overwrite(
    objectIn(object, "border"),
    given,
    maskIn(batch, request, "EmbeddedObjectBorder"),
  );
  return {};
};

export const deleteEmbeddedObject: Apply = (batch, request) => {
  const { tab, kind, object } = objectById(batch, numberIn(request, "objectId"), ["charts", "slicers"]);
  tab.state[kind] = tab.state[kind].filter((one) => one !== object);
  return {};
};

/** Where an object goes: over a cell, on a tab of its own, or on such a tab that exists. */
function placed(batch: Batch, kind: Kind, position: JsonObject): { tab: Tab; position: JsonObject } {
  if (position.newSheet === true) {
    const { workbook } = batch;
    const tab = new Tab(newNumber(batch), newTabState(workbook.freeTitle("Chart")));
    tab.state.sheetType = "OBJECT";
    workbook.tabs.push(tab);
    return { tab, position: { sheetId: tab.id } };
  }
  const sheetId = numberIn(position, "sheetId");
  if (sheetId !== undefined) {
    const tab = tabIn(batch, sheetId);
    if (tab.state.sheetType !== "OBJECT") fail(batch, `Sheet ${sheetId} cannot hold an object alone.`);
    return { tab, position: { sheetId } };
  }
  const overlay = objectIn(position, "overlayPosition");
  const anchor = objectIn(overlay, "anchorCell");
  const tab = tabIn(batch, numberIn(anchor, "sheetId"));
  // What is 0 does not show.
  const anchorCell = Object.fromEntries(Object.entries(anchor).filter(([, value]) => value !== 0));
  return { tab, position: { overlayPosition: { ...SIZES[kind], ...overlay, anchorCell } } };
}

function chartSpec(given: JsonObject): JsonObject {
  return {
    ...withNormalColors(given),
    hiddenDimensionStrategy: given.hiddenDimensionStrategy ?? "SKIP_HIDDEN_ROWS_AND_COLUMNS",
  };
}

function idFor(batch: Batch, given: JsonObject, name: "chartId" | "slicerId"): number {
  const id = numberIn(given, name);
  if (id === undefined) return newNumber(batch);
  const taken = batch.workbook.tabs.some((tab) =>
    [...tab.state.charts, ...tab.state.slicers].some((one) => one.chartId === id || one.slicerId === id),
  );
  return taken ? fail(batch, `An object with id ${id} already exists.`) : id;
}

function objectById(
  batch: Batch,
  id: number | undefined,
  kinds: readonly Kind[],
): { tab: Tab; kind: Kind; object: JsonObject } {
  for (const tab of batch.workbook.tabs) {
    for (const kind of kinds) {
      const object = tab.state[kind].find((one) => (one.chartId ?? one.slicerId) === id);
      if (object) return { tab, kind, object };
    }
  }
  return fail(batch, `No ${kinds.length > 1 ? "embedded object" : kinds[0]?.slice(0, -1)} with id: ${id}`);
}
