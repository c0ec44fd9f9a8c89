/** Live tables from Sheetwire: `connect({ url, token }).table("demo/Price list")`. */
export { type Client, type ConnectOptions, connect, type OpenOptions, type TableName } from "./client.ts";
export type { Connection, DisconnectReason, RefusalReason } from "./connection.ts";
export type { Cell, RowMark } from "./content.ts";
export { type CellError, type CellValue, cellsEqual, isCellError } from "./contract/cell.ts";
export type { Column, ColumnType, RowId, Slot, Unconfirmed } from "./contract/layout.ts";
export { EditError, type EditStatus, type Receipt, type ReceiptState } from "./edit.ts";
export type { KeepOptions, KeptCopy, OfflineStore } from "./offline-store.ts";
export type { SetOptions } from "./own-edits.ts";
export type { Presence } from "./presence.ts";
export type { Person, PresenceState } from "./presence-state.ts";
export type { Fields, Row } from "./row.ts";
export type { TableStatus } from "./status.ts";
export type { Table, TableReader, TableWriter } from "./table.ts";
export type { TableChange } from "./table-change.ts";
export type { TableRef } from "./table-types.ts";
export type { Token, TokenProvider } from "./token-source.ts";
export { warnBeforeUnload } from "./unload.ts";
