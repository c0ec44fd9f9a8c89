/** What a form holds of the way back: whether edits go into the workbook, and who wins over a cell. */
export interface Writing {
  readonly writable: "yes" | "no";
  readonly conflictPolicy: "sheet" | "client" | "latest" | "ask";
}
