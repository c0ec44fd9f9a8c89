/** Live tables from Sheetwire: `connect({ url, token }).table("demo/Price list")`. */
export { type Client, type ConnectOptions, connect } from "./client.ts";
export type { Connection, DisconnectReason, RefusalReason } from "./connection.ts";
export type { Cell } from "./content.ts";
export { type CellError, type CellValue, cellsEqual, isCellError } from "./contract/cell.ts";
export type { Column, ColumnType, RowId, Slot, Unconfirmed } from "./contract/layout.ts";
export type { Row } from "./row.ts";
export type { TableStatus } from "./status.ts";
export type { Table, TableChange } from "./table.ts";
