/** The table of batchUpdate requests that are implemented; what is missing here answers 501. */
import * as bandings from "./bandings.ts";
import { appendCells, repeatCell, setDataValidation, updateBorders, updateCells } from "./cells.ts";
import { copyPaste, cutPaste, pasteData, textToColumns } from "./copying.ts";
import * as dimensions from "./dimensions.ts";
import * as embeddedObjects from "./embedded-objects.ts";
import { autoFill } from "./filling.ts";
import * as filters from "./filters.ts";
import { createDeveloperMetadata, deleteDeveloperMetadata, updateDeveloperMetadata } from "./metadata.ts";
import { deleteDuplicates, findReplace, randomizeRange, sortRange, trimWhitespace } from "./order.ts";
import * as overlays from "./overlays.ts";
import type { Apply } from "./request.ts";
import * as rules from "./rules.ts";
import { deleteRange, insertRange } from "./shifting.ts";
import { addTable, deleteTable, updateTable } from "./tables.ts";
import * as tabs from "./tabs.ts";

export const APPLY: Readonly<Record<string, Apply>> = {
  ...tabs,
  ...dimensions,
  ...bandings,
  ...embeddedObjects,
  ...filters,
  ...rules,
  updateCells,
  repeatCell,
  appendCells,
  setDataValidation,
  updateBorders,
  copyPaste,
  cutPaste,
  pasteData,
  textToColumns,
  autoFill,
  insertRange,
  deleteRange,
  sortRange,
  randomizeRange,
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
  addTable,
  updateTable,
  deleteTable,
  createDeveloperMetadata,
  updateDeveloperMetadata,
  deleteDeveloperMetadata,
};
