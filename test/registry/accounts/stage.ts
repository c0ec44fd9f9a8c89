/** A daemon whose Google is emulated in process, and people with browsers who connect their accounts to it. */
import type { AccountAnswer, ConnectAnswer } from "#contract/accounts.ts";
import type { SourceAnswer } from "#contract/rest.ts";
import { createEmulator } from "../../../google-emulator/src/index.ts";
import { createMemoryBackend, createMemoryStore } from "../../../src/backend/memory.ts";
import { createDaemon, type DaemonDeps } from "../../../src/daemon.ts";
import type { NetRequest } from "../../../src/runtime/net.ts";
import { createDrivers } from "../../../src/sources/drivers.ts";
import { createFakeNet, type FakeAnswer } from "../../support/fake-net.ts";
import { createSocketHub } from "../../support/socket-hub.ts";
import { createTestRuntime } from "../../support/test-runtime.ts";

const GOOGLE = "http://google.test";
export const HOME = "http://sheets.test:8787";
export const ADMIN_TOKEN = "the-admin-token-of-the-test";
export const ANN = "ann@example.com";
export const SECRET = "GOCSPX-the-secret-of-the-app";
const START_MS = Date.UTC(2030, 0, 1);
const MASTER_KEY = new Uint8Array(32).fill(7);

/** `app` null: the daemon has none. */
export type Restart = Partial<Omit<DaemonDeps, "googleApp">> & { app?: DaemonDeps["googleApp"] | null };

export type Stage = Awaited<ReturnType<typeof createStage>>;

export async function createStage() {
  const net = createFakeNet();
  const { runtime, clock, random, logs } = createTestRuntime({ net });
  // Google's clock is not the daemon's: a jump of the one leaves the other alone.
  const nowMs = (): number => START_MS + clock.monotonicMs();
  const emulator = createEmulator({ nowMs, random: () => random.float(), quota: null });
  const { clientId } = emulator.consents.registerClient({
    clientSecret: SECRET,
    redirectUris: [`${HOME}/oauth/google/callback`],
  });
  const requests: NetRequest[] = [];
  net.answer((request): FakeAnswer => {
    requests.push(request);
    const answer = emulator.handle(request);
    if (answer.broken === "reset") return { tag: "Unreachable", detail: "connection reset" };
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  });
  const store = createMemoryStore();
  const googleApp: DaemonDeps["googleApp"] = { clientId, clientSecret: SECRET, endpoint: GOOGLE };
  const start = ({ app = googleApp, ...again }: Restart = {}) =>
    createDaemon({
      runtime,
      backend: createMemoryBackend({ store }),
      drivers: createDrivers({ google: { endpoint: GOOGLE } }),
      ...(app ? { googleApp: app } : {}),
      publicUrl: HOME,
      secrets: { adminToken: ADMIN_TOKEN, masterKey: MASTER_KEY },
      publish: createSocketHub().publish,
      version: "test",
      ...again,
    });
  let daemon = await start();

  /** A request as the admin, and all answers' texts for whoever looks for secrets in them. */
  const answers: string[] = [];
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const request = new Request(`${HOME}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return noted(await daemon.handle(request, "10.0.0.1"));
  }
  async function noted(response: Response): Promise<Response> {
    answers.push(await response.clone().text());
    return response;
  }

  /** Begins to connect; `browser` as the web app does. */
  async function begin(body: object = {}, browser?: Browser): Promise<string> {
    const response = await call(
      "POST",
      "/api/v1/accounts/google/connect",
      body,
      browser ? { Origin: HOME } : {},
    );
    if (response.status !== 200) throw new Error(await response.text());
    browser?.keep(response);
    return ((await response.json()) as ConnectAnswer).authorizationUrl;
  }
  /** Somebody answers Google's consent page: where Google sends them. */
  function consent(
    authorizationUrl: string,
    answer: Record<string, string> = { emulator_user: ANN },
  ): string {
    const url = `${authorizationUrl}&${new URLSearchParams(answer)}`;
    const { headers, body } = emulator.handle({ method: "GET", url });
    if (!headers.location) throw new Error(`Google does not lead back: ${body}`);
    return headers.location;
  }
  /** A browser opens an address of the daemon, without any token. */
  async function open(url: string, browser?: Browser): Promise<Response> {
    const cookie = browser?.cookies(url) ?? "";
    const request = new Request(url, { headers: cookie === "" ? {} : { Cookie: cookie } });
    const response = await noted(await daemon.handle(request, "10.0.0.2"));
    browser?.keep(response);
    return response;
  }
  async function connect(email = ANN, body: object = {}): Promise<AccountAnswer> {
    const page = await open(consent(await begin(body), { emulator_user: email }));
    if (page.status !== 200) throw new Error(await page.text());
    return (await accounts()).find((account) => account.email === email)!;
  }
  async function accounts(): Promise<AccountAnswer[]> {
    return (await call("GET", "/api/v1/accounts")).json();
  }
  async function source(id: string): Promise<SourceAnswer> {
    return (await call("GET", `/datasources/${id}`)).json();
  }
  /** Makes a workbook that Ann may read, and registers it as read with the account. */
  async function register(id: string, account: string, settings: object = {}): Promise<Response> {
    emulator.addWorkbook({
      id: `workbook-of-${id}`,
      title: id,
      tabs: [{ title: "Prices", rows: [["sku"], ["a"]] }],
    });
    emulator.share(`workbook-of-${id}`, ANN, "writer");
    const body = {
      id,
      name: id,
      type: "googleSheet",
      url: `${GOOGLE}/spreadsheets/d/workbook-of-${id}`,
      credentials: { type: "account", id: account },
      ...settings,
    };
    return call("POST", "/datasources/register", body);
  }

  return {
    emulator,
    clock,
    logs,
    store,
    requests,
    answers,
    call,
    begin,
    consent,
    open,
    connect,
    accounts,
    source,
    register,
    /** How often Google was asked at a path since the start. */
    asked: (path: string) => requests.filter(({ url }) => new URL(url).pathname === path).length,
    async restart(again: Restart = {}): Promise<void> {
      await daemon.close();
      daemon = await start(again);
    },
    /** After a test, so that no timer waits. */
    close: () => daemon.close(),
  };
}

/** Keeps cookies as browsers do, by path. */
export interface Browser {
  keep(response: Response): void;
  cookies(url: string): string;
}

export function createBrowser(): Browser {
  const jar = new Map<string, { readonly value: string; readonly path: string }>();
  return {
    keep(response) {
      for (const header of response.headers.getSetCookie()) {
        const [pair = "", ...attributes] = header.split("; ");
        const [name = "", value = ""] = pair.split("=");
        const path = attributes.find((each) => each.startsWith("Path="))?.slice(5) ?? "/";
        if (attributes.includes("Max-Age=0")) jar.delete(name);
        else jar.set(name, { value, path });
      }
    },
    cookies: (url) =>
      [...jar]
        .filter(([, { path }]) => new URL(url).pathname === path)
        .map(([name, { value }]) => `${name}=${value}`)
        .join("; "),
  };
}
