import { randomBytes } from "node:crypto";
import type { Random } from "./random.ts";

export const systemRandom: Random = {
  float: () => Math.random(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
