/** A call of an API or of OAuth on its way: who is it, is a fault planned for it, is there quota left, its method. */
import type { FileStore } from "./drive/file-store.ts";
import { type FaultAnswer, type Faults, HTML_500, spoiled } from "./faults.ts";
import { ApiError, driveErrorResponse, sheetsErrorResponse } from "./http/errors.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "./http/message.ts";
import type { Accounts } from "./oauth/accounts.ts";
import { authenticate, authorize, type Service } from "./oauth/authenticate.ts";
import type { Caller } from "./oauth/caller.ts";
import { type Quota, quotaExceeded } from "./quota.ts";
import type { Route } from "./route.ts";
import type { World } from "./world.ts";

/** What every call goes by. */
export interface Parts {
  readonly world: World;
  /** Asks nobody who they are. */
  readonly open: boolean;
  readonly files: FileStore;
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly quota: Quota;
}

export function callApi(parts: Parts, call: Call, service: Service, route: Route): EmulatorResponse {
  try {
    return answerOf(parts, call, service, route);
  } catch (error) {
    if (error instanceof ApiError) return shaped(error, service);
    throw error;
  }
}

/** An endpoint of OAuth: no quota, no caller, but faults as anywhere. */
export function callOAuth(
  { faults, world }: Parts,
  call: Call,
  run: () => EmulatorResponse,
): EmulatorResponse {
  const fault = faults.take(call, null, world.nowMs());
  if (fault?.kind === "answer") return answered(fault);
  if (fault?.kind === "html") return HTML_500;
  if (fault?.kind === "quota") return unavailable("sheets");
  if (fault?.kind === "reset" && !fault.applied) return { ...unavailable("sheets"), broken: "reset" };
  const answer = run();
  if (fault?.kind === "appliedThen503") return unavailable("sheets");
  return fault ? spoiled(answer, fault) : answer;
}

function answerOf(parts: Parts, call: Call, service: Service, route: Route): EmulatorResponse {
  const { world, files, quota } = parts;
  const caller: Caller = parts.open ? { kind: "open" } : authenticate(call, parts.accounts, service);
  authorize(caller, service, route.scope ?? route.access);
  const account = caller.kind === "account" ? caller.email : null;
  const nowMs = world.nowMs();
  const fault = parts.faults.take(call, account, nowMs);
  const instead = fault && insteadOf(fault, service, route, caller);
  if (instead) return instead;
  quota.spend(caller, service, route.access, nowMs);
  const answer = route.run({ call, caller, files, world });
  if (!fault) return answer;
  if (fault.kind === "appliedThen503") return unavailable(service);
  return spoiled(answer, fault);
}

/** The answer that replaces the call altogether, so that the call takes no effect. */
function insteadOf(
  fault: FaultAnswer,
  service: Service,
  route: Route,
  caller: Caller,
): EmulatorResponse | null {
  if (fault.kind === "answer") return answered(fault);
  if (fault.kind === "html") return HTML_500;
  if (fault.kind === "reset" && !fault.applied) return { ...unavailable(service), broken: "reset" };
  if (fault.kind !== "quota") return null;
  const project = caller.kind === "open" ? "emulated-project" : caller.project;
  return shaped(quotaExceeded(service, route.access, "PerUser", project), service);
}

function answered(fault: Extract<FaultAnswer, { kind: "answer" }>): EmulatorResponse {
  const { status, body, headers } = fault;
  if (typeof body !== "string") {
    const response = jsonResponse(status, body);
    return { ...response, headers: { ...response.headers, ...headers } };
  }
  return { status, headers: { "content-type": "text/html; charset=UTF-8", ...headers }, body };
}

function unavailable(service: Service): EmulatorResponse {
  return shaped(new ApiError("UNAVAILABLE", "The service is currently unavailable."), service);
}

function shaped(error: ApiError, service: Service): EmulatorResponse {
  return service === "drive" ? driveErrorResponse(error) : sheetsErrorResponse(error);
}
