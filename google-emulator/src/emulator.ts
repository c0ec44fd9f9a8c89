/** The emulator's core: requests in, answers out, everything else an argument. */
import { adminResponse } from "./admin.ts";
import { callApi, callOAuth, type Parts } from "./api-call.ts";
import { driveRoute, exportRoute } from "./drive/drive-routes.ts";
import { type DriveFile, WORKBOOK_TYPE } from "./drive/file.ts";
import { FileStore } from "./drive/file-store.ts";
import { grantTo } from "./drive/permissions.ts";
import { Faults } from "./faults.ts";
import { newTabState, Tab } from "./grid/tab.ts";
import { type Call, type EmulatorResponse, jsonResponse, takeApart } from "./http/message.ts";
import type { Emulator, EmulatorOptions, WorkbookSeed } from "./interface.ts";
import { Accounts } from "./oauth/accounts.ts";
import { authorizeResponse } from "./oauth/authorize.ts";
import { Consents } from "./oauth/consents.ts";
import { createIdTokens } from "./oauth/id-token.ts";
import { revokeResponse } from "./oauth/revoke.ts";
import { tokenResponse } from "./oauth/token.ts";
import { pageResponse } from "./page/page.ts";
import { createPerson } from "./person.ts";
import { GOOGLE_LIMITS, Quota } from "./quota.ts";
import { sheetsRoute } from "./sheets-routes.ts";
import type { World } from "./world.ts";

const OWNER = "owner@example.com";

export function createEmulator(options: EmulatorOptions): Emulator {
  const world: World = { nowMs: options.nowMs, random: options.random };
  const open = options.open === true;
  const parts: AllParts = {
    world,
    open,
    files: new FileStore(world),
    accounts: new Accounts(world),
    consents: new Consents(world),
    idTokens: createIdTokens(),
    faults: new Faults(),
    quota: new Quota(open ? null : options.quota === undefined ? GOOGLE_LIMITS : options.quota),
  };
  const { files, accounts, consents, quota, faults } = parts;
  const emulator: Emulator = {
    accounts,
    consents,
    quota,
    ...workbooksOf(files, world),
    handle(request) {
      const call = takeApart(request);
      return call.path[0] === "emulator" ? adminResponse(call, emulator, files) : googleResponse(parts, call);
    },
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

interface AllParts extends Parts {
  readonly consents: Consents;
  readonly idTokens: ReturnType<typeof createIdTokens>;
}

/** All Google hosts by path, and the pages for a person. */
function googleResponse(parts: AllParts, call: Call): EmulatorResponse {
  const { accounts, consents, idTokens, open, world } = parts;
  const [first = ""] = call.path;
  const path = call.path.join("/");
  if (first === "" || first === "workbook") return pageResponse(call);
  if (/^(token|oauth2\/v4\/token|o\/oauth2\/token)$/.test(path)) {
    const deps = { accounts, consents, idTokens, nowMs: world.nowMs() };
    return callOAuth(parts, call, () => tokenResponse(call, deps, open));
  }
  if (/^(o\/oauth2\/)?revoke$/.test(path)) {
    return callOAuth(parts, call, () => revokeResponse(call, accounts));
  }
  if (/^o\/oauth2\/(v2\/)?auth$/.test(path)) {
    return callOAuth(parts, call, () => authorizeResponse(call, consents, open));
  }
  if (path === "oauth2/v3/certs") return jsonResponse(200, idTokens.keys());
  if (first === "v4") return callApi(parts, call, "sheets", sheetsRoute(call));
  const drive = driveRoute(call) ?? exportRoute(call);
  return drive ? callApi(parts, call, "drive", drive) : unknownPath(call);
}

type WorkbookHands = Pick<
  Emulator,
  "addWorkbook" | "removeWorkbook" | "share" | "unshare" | "person" | "workbookIds" | "version"
>;

/** What a test does to workbooks without the API. */
function workbooksOf(files: FileStore, world: World): WorkbookHands {
  const fileOf = (id: string): DriveFile => {
    const file = files.get(id);
    if (!file) throw new Error(`The emulator has no file ${id}.`);
    return file;
  };
  return {
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
    person(id) {
      const file = fileOf(id);
      if (!file.workbook) throw new Error(`File ${id} is no workbook.`);
      return createPerson(file.workbook, world, () => files.touch(file));
    },
    workbookIds: () =>
      files
        .all()
        .filter((file) => file.workbook && !file.trashed)
        .map((file) => file.id),
    version: (id) => fileOf(id).workbook?.version ?? 0,
  };
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

/** Google's front end answers a path that no API has. */
function unknownPath(call: Call): EmulatorResponse {
  return {
    status: 404,
    headers: { "content-type": "text/html; charset=UTF-8" },
    body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n<p><b>404.</b> <ins>That’s an error.</ins>\n<p>The requested URL <code>/${call.path.map(encodeURIComponent).join("/")}</code> was not found on this server.\n`,
  };
}
