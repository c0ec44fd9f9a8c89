/** Plain JSON, as it travels. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deep copy, so that a caller's later change of its request cannot reach into a workbook. */
export function copyOf<T>(value: T): T {
  return structuredClone(value);
}
