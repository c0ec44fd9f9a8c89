/** What the package gives to others. */
export type { PushMessage } from "./drive/push-channels.ts";
export { createEmulator } from "./emulator.ts";
export type { Fault, FaultAnswer, FaultMatch, PlacedFault } from "./faults.ts";
export { createFetch, type FetchOptions } from "./fetch.ts";
export type { Json, JsonObject } from "./http/json.ts";
export type { EmulatorRequest, EmulatorResponse } from "./http/message.ts";
export type { Emulator, EmulatorOptions, WorkbookSeed } from "./interface.ts";
export type { ServiceAccountKey } from "./oauth/accounts.ts";
export type { Person } from "./person.ts";
export { GOOGLE_LIMITS, type QuotaLimits } from "./quota.ts";
export { sampleWorkbook } from "./sample.ts";
export { type ServedEmulator, type ServeOptions, serveEmulator } from "./serve.ts";
