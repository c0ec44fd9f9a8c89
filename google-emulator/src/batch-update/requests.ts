/** The table of batchUpdate requests that are implemented; what is missing here answers 501. */
import { appendCells, repeatCell, setDataValidation, updateBorders, updateCells } from "./cells.ts";
import { copyPaste, cutPaste, pasteData, textToColumns } from "./copying.ts";
import * as dimensions from "./dimensions.ts";
import { createDeveloperMetadata, deleteDeveloperMetadata, updateDeveloperMetadata } from "./metadata.ts";
import { deleteDuplicates, findReplace, sortRange, trimWhitespace } from "./order.ts";
import * as overlays from "./overlays.ts";
import type { Apply } from "./request.ts";
import { addTable, deleteTable, updateTable } from "./tables.ts";
import * as tabs from "./tabs.ts";

export const APPLY: Readonly<Record<string, Apply>> = {
  ...tabs,
  ...dimensions,
  updateCells,
  repeatCell,
  appendCells,
  setDataValidation,
  updateBorders,
  copyPaste,
  cutPaste,
  pasteData,
  textToColumns,
  sortRange,
  findReplace,
  trimWhitespace,
  deleteDuplicates,
  mergeCells: overlays.mergeCells,
  unmergeCells: overlays.unmergeCells,
  addNamedRange: overlays.addNamedRange,
  updateNamedRange: overlays.updateNamedRange,
  deleteNamedRange: overlays.deleteNamedRange,
  addProtectedRange: overlays.addProtectedRange,
  updateProtectedRange: overlays.updateProtectedRange,
  deleteProtectedRange: overlays.deleteProtectedRange,
  setBasicFilter: overlays.setBasicFilter,
  clearBasicFilter: overlays.clearBasicFilter,
  addFilterView: overlays.addFilterView,
  updateFilterView: overlays.updateFilterView,
  deleteFilterView: overlays.deleteFilterView,
  addConditionalFormatRule: overlays.addConditionalFormatRule,
  deleteConditionalFormatRule: overlays.deleteConditionalFormatRule,
  addTable,
  updateTable,
  deleteTable,
  createDeveloperMetadata,
  updateDeveloperMetadata,
  deleteDeveloperMetadata,
};
