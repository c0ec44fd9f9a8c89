/** One method of an API: whether it reads or writes, and what it does. */
import type { FileStore } from "./drive/file-store.ts";
import type { Call, EmulatorResponse } from "./http/message.ts";
import type { Caller } from "./oauth/caller.ts";
import type { World } from "./world.ts";

export interface RouteContext {
  readonly call: Call;
  readonly caller: Caller;
  readonly files: FileStore;
  readonly world: World;
}

export interface Route {
  /** Which quota a call spends and, unless `scope` says otherwise, which scopes allow it. */
  readonly access: "read" | "write";
  /** Some methods that read want a scope to write. */
  readonly scope?: "write";
  run(context: RouteContext): EmulatorResponse;
}
