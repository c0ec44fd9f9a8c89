/** Types of a tab as source text, for who generates them. */
export { schemaHash } from "./schema-hash.ts";
export { type TableRef, type TableSchema, tableTypes } from "./table-types.ts";
