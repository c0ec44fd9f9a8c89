import { CLOSE } from "./contract/close-codes.ts";

/**
 * The socket of a table.
 *
 *     connecting -> connected -> disconnected -> connecting ...      comes back by itself
 *                             -> needs-auth | error                  stays until somebody acts
 *     any        -> closed                                           by close()
 */
export type Connection =
  | {
      readonly state: "connecting" /** Attempts that failed since the last success. */;
      readonly failures: number;
    }
  | { readonly state: "connected" }
  | {
      readonly state: "disconnected";
      readonly reason: DisconnectReason;
      readonly failures: number;
      /** From when it was lost until the next attempt. */
      readonly retryAfterMs: number;
    }
  | { readonly state: "needs-auth"; readonly reason: "token"; readonly detail: string }
  | { readonly state: "error"; readonly reason: RefusalReason; readonly detail: string }
  | { readonly state: "closed"; readonly reason: "closed" };

/**
 * unreachable: no answer or a lost network; silent: nothing was heard for 30 s, or a probe was not answered;
 * no-token: the application's own function gave none.
 */
export type DisconnectReason = "unreachable" | "silent" | "no-token" | "restart" | "slow" | "overloaded";

/** epoch: the server refused even an empty document; refused: for a reason that this version does not know. */
export type RefusalReason = "malformed" | "forbidden" | "no-such-document" | "epoch" | "refused";

/** Why a lost connection was lost: the close code, or what this side gave it up for. */
export function disconnectReason(code: number | "silent" | "no-token"): DisconnectReason {
  return typeof code === "string" ? code : (LOSSES.get(code) ?? "unreachable");
}

type Refused = Extract<Connection, { readonly detail: string }>;

/** The state after the server closed for good. `detail` is the server's own sentence, may be empty. */
export function finalConnection(code: number, detail: string): Refused {
  if (code === CLOSE.token) return { state: "needs-auth", reason: "token", detail };
  return { state: "error", reason: REFUSALS.get(code) ?? "refused", detail };
}

const LOSSES: ReadonlyMap<number, DisconnectReason> = new Map([
  [CLOSE.restart, "restart"],
  [CLOSE.slow, "slow"],
  [CLOSE.overloaded, "overloaded"],
]);
const REFUSALS: ReadonlyMap<number, RefusalReason> = new Map([
  [CLOSE.malformed, "malformed"],
  [CLOSE.forbidden, "forbidden"],
  [CLOSE.noSuchDocument, "no-such-document"],
  [CLOSE.epoch, "epoch"],
]);
