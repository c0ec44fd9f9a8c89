/**
 * What a test or the page asks of the emulator itself, as JSON under /emulator: workbooks and a person's hands
 * on them, accounts, shares, quota, faults.
 */
import type { FileStore } from "./drive/file-store.ts";
import type { Fault } from "./faults.ts";
import { isObject, type Json, type JsonObject } from "./http/json.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "./http/message.ts";
import type { Emulator, WorkbookSeed } from "./interface.ts";
import type { OAuthClient } from "./oauth/consents.ts";
import { assetResponse } from "./page/page.ts";
import type { QuotaLimits } from "./quota.ts";
import { describeWorkbook, showWindow } from "./window.ts";

type Handler = (context: AdminContext) => EmulatorResponse;

interface AdminContext {
  readonly call: Call;
  readonly emulator: Emulator;
  readonly files: FileStore;
  /** Path segments after the resource's name. */
  readonly rest: readonly string[];
  readonly body: JsonObject;
}

export function adminResponse(call: Call, emulator: Emulator, files: FileStore): EmulatorResponse {
  const [, resource = "", ...rest] = call.path;
  if (resource === "assets") return assetResponse(rest[0] ?? "");
  const handler = HANDLERS[`${call.method} ${resource}`];
  if (!handler) return problem(404, `The emulator has no ${call.method} /${call.path.join("/")}.`);
  const body = readBody(call);
  if (!body) return problem(400, "The body must be a JSON object, sent as application/json.");
  try {
    return handler({ call, emulator, files, rest, body });
  } catch (error) {
    // A person's mistake (no such tab, a title taken) comes as an Error with words for it.
    return problem(400, error instanceof Error ? error.message : String(error));
  }
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  "GET workbooks": ({ call, files, rest }) => {
    const [id, part] = rest;
    if (id === undefined) return jsonResponse(200, { workbooks: workbooksOf(files) });
    const workbook = files.get(id)?.workbook;
    if (!workbook) return problem(404, `There is no workbook ${id}.`);
    return jsonResponse(
      200,
      part === "window" ? showWindow(workbook, call.query) : describeWorkbook(workbook),
    );
  },
  "POST workbooks": ({ emulator, rest, body }) => {
    const [id, part] = rest;
    if (id === undefined)
      return jsonResponse(200, { id: emulator.addWorkbook(body as unknown as WorkbookSeed) });
    if (part === "person") return act(emulator, id, body);
    if (part === "share") {
      emulator.share(id, String(body.who), body.role === "writer" ? "writer" : "reader");
      return jsonResponse(200, {});
    }
    return problem(404, `A workbook takes POST /person and /share.`);
  },
  "DELETE workbooks": ({ emulator, rest }) => {
    emulator.removeWorkbook(rest[0] ?? "");
    return jsonResponse(200, {});
  },
  "POST accounts": ({ emulator, body }) => {
    const { accounts } = emulator;
    const project = typeof body.project === "string" ? { project: body.project } : {};
    const email = typeof body.email === "string" ? body.email : undefined;
    if (body.kind === "serviceAccount") {
      return jsonResponse(200, accounts.registerServiceAccount({ ...project, ...(email ? { email } : {}) }));
    }
    if (body.kind === "apiKey") return jsonResponse(200, { key: accounts.registerApiKey(project.project) });
    if (email === undefined) return problem(400, "email is missing.");
    if (body.kind === "refreshToken")
      return jsonResponse(200, accounts.registerRefreshToken({ email, ...project }));
    if (body.kind === "token") return jsonResponse(200, { token: accounts.issueToken(email, project) });
    if (body.kind === "revoke") {
      accounts.revoke(email);
      return jsonResponse(200, {});
    }
    if (body.kind === "person" && email !== undefined) {
      emulator.consents.registerPerson(email);
      return jsonResponse(200, {});
    }
    if (body.kind === "oauthClient") {
      return jsonResponse(200, { ...emulator.consents.registerClient(clientOf(body)) });
    }
    return problem(
      400,
      "kind must be serviceAccount, apiKey, refreshToken, token, revoke, person (with email) or oauthClient.",
    );
  },
  "POST quota": ({ emulator, body }) => {
    emulator.quota.configure((body.limits ?? null) as QuotaLimits | null);
    return jsonResponse(200, {});
  },
  "GET faults": ({ emulator }) => jsonResponse(200, { faults: emulator.faults() }),
  "POST faults": ({ emulator, body }) => {
    if (!isObject(body.match) || !isObject(body.answer))
      return problem(400, "A fault needs match and answer.");
    return jsonResponse(200, emulator.placeFault(body as unknown as Fault));
  },
  "DELETE faults": ({ emulator, rest }) => {
    const [id] = rest;
    if (id === undefined) emulator.clearFaults();
    else emulator.removeFault(Number(id));
    return jsonResponse(200, {});
  },
};

function clientOf({ clientId, clientSecret, redirectUris }: JsonObject): Partial<OAuthClient> {
  return {
    ...(typeof clientId === "string" ? { clientId } : {}),
    ...(typeof clientSecret === "string" ? { clientSecret } : {}),
    ...(Array.isArray(redirectUris) ? { redirectUris: redirectUris.map(String) } : {}),
  };
}

/** { do: "setCell", args: ["Prices", "B2", "5"] }: one of a person's actions by name. */
function act(emulator: Emulator, id: string, body: JsonObject): EmulatorResponse {
  const person = emulator.person(id);
  const actions: Readonly<Record<string, (...args: never[]) => unknown>> = { ...person };
  const action = actions[String(body.do)];
  if (!action) return problem(400, `A person can: ${Object.keys(actions).join(", ")}.`);
  const args: Json[] = Array.isArray(body.args) ? body.args : [];
  const result = action(...(args as never[]));
  return jsonResponse(200, { version: emulator.version(id), ...(result === undefined ? {} : { result }) });
}

function workbooksOf(files: FileStore): JsonObject[] {
  return files
    .all()
    .flatMap((file) =>
      file.workbook && !file.trashed
        ? [{ ...describeWorkbook(file.workbook), modified: new Date(file.modifiedMs).toISOString() }]
        : [],
    );
}

/** A foreign web page can send forms here but no JSON, so it cannot edit anything. */
function readBody(call: Call): JsonObject | null {
  if (call.method === "GET" || (call.method === "DELETE" && call.text === "")) return {};
  if (!call.headers["content-type"]?.includes("application/json")) return null;
  try {
    const body: unknown = JSON.parse(call.text);
    return isObject(body) ? body : null;
  } catch {
    return null;
  }
}

function problem(status: number, detail: string): EmulatorResponse {
  return jsonResponse(status, { detail });
}
