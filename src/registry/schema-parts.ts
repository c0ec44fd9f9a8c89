/** The building blocks of the registry's schemas. */
import { Type } from "@sinclair/typebox";

/** Fits every known API key and token, signed ones included. */
export const SECRET_LENGTH_MAX = 8_192;

/** An object that takes no other fields than its own. */
export const closed = { additionalProperties: false };

/** A text whose value no answer repeats. */
export const secret = (description: string, fix: string) =>
  Type.String({ minLength: 1, maxLength: SECRET_LENGTH_MAX, writeOnly: true, description, "x-fix": fix });

export const text = (lengthMax: number, description: string, fix: string) =>
  Type.String({ minLength: 1, maxLength: lengthMax, description, "x-fix": fix });

export const link = (lengthMax: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength: lengthMax,
    format: "uri",
    description,
    "x-fix": "give a link that begins with https:// or http://",
  });

export const choice = <Value extends string>(values: readonly Value[], description: string) =>
  Type.Unsafe<Value>({
    type: "string",
    enum: values,
    description,
    "x-fix": `use ${values.map((value) => `"${value}"`).join(", ")}`,
  });
