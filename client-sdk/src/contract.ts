/** What server and clients agree on, for those who use Yjs or the REST API directly. */
export type * from "./contract/audit.ts";
export * from "./contract/cell.ts";
export * from "./contract/close-codes.ts";
export * from "./contract/document-name.ts";
export * from "./contract/edits.ts";
export type * from "./contract/edits-rest.ts";
export type * from "./contract/feed.ts";
export * from "./contract/frames.ts";
export type * from "./contract/history.ts";
export * from "./contract/layout.ts";
export type * from "./contract/rest.ts";
export * from "./contract/result.ts";
export type * from "./contract/tokens.ts";
export type * from "./contract/views.ts";
