/**
 * The emulator's core: requests in, answers out, everything else an argument. A call goes through: who is
 * it, is a fault planned for it, is there quota left, then its method.
 */
import { adminResponse } from "./admin.ts";
import { driveRoute, exportRoute } from "./drive/drive-routes.ts";
import { type DriveFile, WORKBOOK_TYPE } from "./drive/file.ts";
import { FileStore } from "./drive/file-store.ts";
import { grantTo } from "./drive/permissions.ts";
import { type FaultAnswer, Faults, HTML_500, spoiled } from "./faults.ts";
import { newTabState, Tab } from "./grid/tab.ts";
import { ApiError, driveErrorResponse, sheetsErrorResponse } from "./http/errors.ts";
import { type Call, type EmulatorResponse, jsonResponse, takeApart } from "./http/message.ts";
import type { Emulator, EmulatorOptions, WorkbookSeed } from "./interface.ts";
import { Accounts } from "./oauth/accounts.ts";
import { authenticate, authorize, type Service } from "./oauth/authenticate.ts";
import { authorizeResponse } from "./oauth/authorize.ts";
import type { Caller } from "./oauth/caller.ts";
import { Consents } from "./oauth/consents.ts";
import { createIdTokens } from "./oauth/id-token.ts";
import { revokeResponse } from "./oauth/revoke.ts";
import { tokenResponse } from "./oauth/token.ts";
import { pageResponse } from "./page/page.ts";
import { createPerson, type Person } from "./person.ts";
import { GOOGLE_LIMITS, Quota, quotaExceeded } from "./quota.ts";
import type { Route } from "./route.ts";
import { sheetsRoute } from "./sheets-routes.ts";
import type { World } from "./world.ts";

const OWNER = "owner@example.com";

export function createEmulator(options: EmulatorOptions): Emulator {
  const world: World = { nowMs: options.nowMs, random: options.random };
  const open = options.open === true;
  const files = new FileStore(world);
  const accounts = new Accounts(world);
  const consents = new Consents(world);
  const idTokens = createIdTokens();
  const faults = new Faults();
  const quota = new Quota(open ? null : options.quota === undefined ? GOOGLE_LIMITS : options.quota);

  const fileOf = (id: string): DriveFile => {
    const file = files.get(id);
    if (!file) throw new Error(`The emulator has no file ${id}.`);
    return file;
  };
  const personOf = (file: DriveFile): Person => {
    if (!file.workbook) throw new Error(`File ${file.id} is no workbook.`);
    return createPerson(file.workbook, world, () => files.touch(file));
  };

  const callApi = (call: Call, service: Service, route: Route): EmulatorResponse => {
    const caller: Caller = open ? { kind: "open" } : authenticate(call, accounts, service);
    authorize(caller, service, route.scope ?? route.access);
    const account = caller.kind === "account" ? caller.email : null;
    const nowMs = world.nowMs();
    const fault = faults.take(call, account, nowMs);
    const instead = fault && insteadOf(fault, service, route, caller);
    if (instead) return instead;
    quota.spend(caller, service, route.access, nowMs);
    const answer = route.run({ call, caller, files, world });
    if (!fault) return answer;
    if (fault.kind === "appliedThen503") return unavailable(service);
    return spoiled(answer, fault);
  };

  const api = (call: Call, service: Service, route: Route): EmulatorResponse => {
    try {
      return callApi(call, service, route);
    } catch (error) {
      if (error instanceof ApiError) return shaped(error, service);
      throw error;
    }
  };

  /** An endpoint of OAuth: no quota, no caller, but faults as anywhere. */
  const oauth = (call: Call, run: () => EmulatorResponse): EmulatorResponse => {
    const fault = faults.take(call, null, world.nowMs());
    if (fault?.kind === "answer") return answered(fault);
    if (fault?.kind === "html") return HTML_500;
    if (fault?.kind === "quota") return unavailable("sheets");
    if (fault?.kind === "reset" && !fault.applied) return { ...unavailable("sheets"), broken: "reset" };
    const answer = run();
    if (fault?.kind === "appliedThen503") return unavailable("sheets");
    return fault ? spoiled(answer, fault) : answer;
  };

  const emulator: Emulator = {
    accounts,
    consents,
    quota,
    handle(request) {
      const call = takeApart(request);
      const [first = ""] = call.path;
      if (first === "emulator") return adminResponse(call, emulator, files);
      if (first === "" || first === "workbook") return pageResponse(call);
      if (isTokenPath(call)) {
        const deps = { accounts, consents, idTokens, nowMs: world.nowMs() };
        return oauth(call, () => tokenResponse(call, deps, open));
      }
      if (/^(o\/oauth2\/)?revoke$/.test(call.path.join("/"))) {
        return oauth(call, () => revokeResponse(call, accounts));
      }
      if (/^o\/oauth2\/(v2\/)?auth$/.test(call.path.join("/"))) {
        return oauth(call, () => authorizeResponse(call, consents, open));
      }
      if (call.path.join("/") === "oauth2/v3/certs") return jsonResponse(200, idTokens.keys());
      if (first === "v4") return api(call, "sheets", sheetsRoute(call));
      const drive = driveRoute(call) ?? exportRoute(call);
      return drive ? api(call, "drive", drive) : unknownPath(call);
    },
    addWorkbook(seed) {
      const file = files.create(seed.title, WORKBOOK_TYPE, seed.owner ?? OWNER, seed.id);
      fill(file, seed, world);
      return file.id;
    },
    removeWorkbook: (id) => {
      files.remove(id);
    },
    share: (id, who, role) => grantTo(fileOf(id), who, role),
    unshare(id, who) {
      const file = fileOf(id);
      file.permissions = file.permissions.filter((one) =>
        who === "anyone" ? one.type !== "anyone" : one.emailAddress !== who,
      );
    },
    person: (id) => personOf(fileOf(id)),
    workbookIds: () =>
      files
        .all()
        .filter((file) => file.workbook && !file.trashed)
        .map((file) => file.id),
    version: (id) => fileOf(id).workbook?.version ?? 0,
    takePushes: () => files.channels.take(files.changes, world.nowMs()),
    placeFault: (fault) => faults.place(fault),
    removeFault: (id) => {
      faults.remove(id);
    },
    clearFaults: () => faults.clear(),
    faults: () => faults.all(),
  };
  return emulator;
}

function fill(file: DriveFile, seed: WorkbookSeed, world: World): void {
  const workbook = file.workbook!;
  if (seed.locale !== undefined) workbook.properties.locale = seed.locale;
  if (seed.timeZone !== undefined) workbook.properties.timeZone = seed.timeZone;
  workbook.tabs = seed.tabs.map(
    (tab, i) =>
      new Tab(
        tab.sheetId ?? (i === 0 ? 0 : Math.floor(world.random() * 2_147_483_647)),
        newTabState(tab.title, tab.size),
      ),
  );
  const person = createPerson(workbook, world, () => {});
  for (const tab of seed.tabs) if (tab.rows) person.setCells(tab.title, "A1", tab.rows);
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

function isTokenPath(call: Call): boolean {
  return /^(token|oauth2\/v4\/token|o\/oauth2\/token)$/.test(call.path.join("/"));
}

/** Google's front end answers a path that no API has. */
function unknownPath(call: Call): EmulatorResponse {
  return {
    status: 404,
    headers: { "content-type": "text/html; charset=UTF-8" },
    body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n<p><b>404.</b> <ins>That’s an error.</ins>\n<p>The requested URL <code>/${call.path.map(encodeURIComponent).join("/")}</code> was not found on this server.\n`,
  };
}
