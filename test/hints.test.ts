/** Hints of changes, through a whole daemon and an emulated Google. */
import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { createEmulator } from "../google-emulator/src/index.ts";
import { createMemoryBackend } from "../src/backend/memory.ts";
import { createDaemon } from "../src/daemon.ts";
import { createDrivers } from "../src/sources/drivers.ts";
import { createFakeNet, type FakeAnswer } from "./support/fake-net.ts";
import { createSocketHub } from "./support/socket-hub.ts";
import { createTestRuntime } from "./support/test-runtime.ts";

const ENDPOINT = "http://google.test";
const HOME = "https://sheets.test";
const TOKEN = "the-admin-token-of-the-test";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** So slow that only hints explain a poll. */
const INTERVAL = 10 * MINUTE;

async function setUp({ pushUrl, drive = true }: { pushUrl?: string; drive?: boolean } = {}) {
  const net = createFakeNet();
  const { runtime, clock, random } = createTestRuntime({ net });
  const emulator = createEmulator({ nowMs: () => clock.nowMs(), random: () => random.float() });
  const asked: string[] = [];
  net.answer((request): FakeAnswer => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (!drive && pathname.startsWith("/drive/")) {
      const errors = [{ domain: "usageLimits", reason: "accessNotConfigured", message: "Drive API is off" }];
      return Response.json({ error: { code: 403, message: "Drive API is off", errors } }, { status: 403 });
    }
    const { status, body, headers } = emulator.handle(request);
    return new Response(status === 204 ? null : body, { status, headers });
  });
  const daemon = await createDaemon({
    runtime,
    backend: createMemoryBackend(),
    drivers: createDrivers({ google: { endpoint: ENDPOINT } }),
    secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
    publish: createSocketHub().publish,
    version: "test",
    pushUrl,
  });
  const key = emulator.accounts.registerServiceAccount();
  async function register(id: string, credentials: unknown = { type: "serviceAccount", key }): Promise<void> {
    emulator.addWorkbook({ id: `book-${id}`, title: id, tabs: [{ title: "T", rows: [["h"], [1]] }] });
    emulator.share(`book-${id}`, key.client_email, "reader");
    emulator.share(`book-${id}`, "anyone", "reader");
    const url = `${ENDPOINT}/spreadsheets/d/book-${id}`;
    const made = await daemon.registry.register({
      id,
      name: id,
      type: "googleSheet",
      url,
      credentials,
      pollingInterval: INTERVAL,
    });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
  }
  await register("a");
  await register("b");
  await clock.advance(10_000);

  const edit = (id: string): void => emulator.person(`book-${id}`).setCell("T", "A2", clock.monotonicMs());
  async function call(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
    const request = new Request(`${HOME}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return daemon.handle(request, "127.0.0.1");
  }
  const admin = { Authorization: `Bearer ${TOKEN}` };
  /** Carries Google's calls, and gives their statuses. */
  async function push(): Promise<number[]> {
    const statuses: number[] = [];
    for (const { address, headers } of emulator.takePushes()) {
      statuses.push((await call("POST", new URL(address).pathname, headers)).status);
    }
    return statuses;
  }
  /** What was asked while `run` did something and so many ms went by. */
  async function during(ms: number, run: () => void | Promise<void> = () => {}): Promise<string[]> {
    asked.length = 0;
    await run();
    await clock.advance(ms);
    return [...asked];
  }
  const polls = (of: readonly string[], id: string): number =>
    of.filter((path) => path.includes(`book-${id}/values`)).length;
  return { clock, emulator, daemon, register, edit, call, admin, push, during, polls };
}

const feedCalls = (asked: readonly string[]): number =>
  asked.filter((path) => path === "/drive/v3/changes").length;

describe("the Drive's feed", () => {
  test("SCH-17 one call for all workbooks of an account, and a poll of the one that changed", async () => {
    const { during, edit, polls, daemon, clock } = await setUp();
    const quiet = await during(MINUTE);
    expect([feedCalls(quiet), polls(quiet, "a"), polls(quiet, "b")]).toEqual([20, 0, 0]);
    const asked = await during(4_000, () => edit("a"));
    expect([polls(asked, "a"), polls(asked, "b")]).toEqual([1, 0]);
    await daemon.close();
    expect(clock.pending()).toBe(0);
  });

  test("SCH-17 an API key asks Drive for nothing", async () => {
    const { daemon, register, during, emulator } = await setUp();
    for (const id of ["a", "b"]) await daemon.registry.remove(id);
    await register("c", { type: "apiKey", key: emulator.accounts.registerApiKey() });
    expect((await during(MINUTE)).filter((path) => path.startsWith("/drive"))).toEqual([]);
    await daemon.close();
  });

  test("SCH-18 where Drive is refused polls go on as ever, and it is asked again an hour later", async () => {
    const { during, polls, daemon } = await setUp({ drive: false });
    const hour = await during(HOUR);
    expect(hour.filter((path) => path.startsWith("/drive"))).toHaveLength(1);
    expect(polls(hour, "a")).toBeWithin(5, 8);
    expect((await daemon.registry.list()).map(({ state }) => state)).toEqual(["live", "live"]);
    await daemon.close();
  });

  test("SCH-18 what Drive does not tell is found by a poll", async () => {
    const { emulator, clock, during, polls, daemon } = await setUp();
    emulator.person("book-a").setCell("T", "B2", "=NOW()");
    await clock.advance(10_000);
    const asked = await during(2 * INTERVAL);
    expect(polls(asked, "a")).toBeGreaterThanOrEqual(1);
    expect(feedCalls(asked)).toBeGreaterThan(300);
    await daemon.close();
  });
});

describe("Drive's calls", () => {
  test("SCH-19 a call leads to one look at the changes and a poll of what changed, within a second", async () => {
    const { during, edit, push, polls, daemon } = await setUp({ pushUrl: HOME });
    expect(await push()).toEqual([204]);
    const asked = await during(1_000, async () => {
      edit("b");
      expect(await push()).toEqual([204]);
    });
    expect([feedCalls(asked), polls(asked, "a"), polls(asked, "b")]).toEqual([1, 0, 1]);
    await daemon.close();
  });

  test("SCH-19 without the channel's token a call counts for nothing and tells nothing", async () => {
    const { emulator, during, edit, call, daemon } = await setUp({ pushUrl: HOME });
    edit("a");
    const [, change] = emulator.takePushes();
    const asked = await during(1_000, async () => {
      for (const headers of [
        {},
        { ...change!.headers, "x-goog-channel-token": "guessed" },
        { ...change!.headers, "x-goog-channel-id": "another" },
        Object.fromEntries(
          Object.entries(change!.headers).filter(([name]) => name !== "x-goog-channel-token"),
        ),
      ]) {
        const answer = await call("POST", "/hooks/google/drive", headers as Record<string, string>);
        expect(answer.status).toBe(403);
        expect(await answer.json()).toMatchObject({ type: "urn:sheetwire:problem:not-proven" });
      }
    });
    expect(feedCalls(asked)).toBe(0);
    await daemon.close();
  });

  test("SCH-20 a message that comes twice, or late, is passed over", async () => {
    const { emulator, clock, during, edit, call, daemon } = await setUp({ pushUrl: HOME });
    edit("a");
    const calls = emulator.takePushes();
    const send = (index: number) => call("POST", "/hooks/google/drive", { ...calls[index]!.headers });
    expect((await send(1)).status).toBe(204);
    await clock.advance(1_000);
    const asked = await during(2_000, async () => {
      for (const index of [1, 0, 1]) expect((await send(index)).status).toBe(204);
    });
    expect(feedCalls(asked)).toBe(0);
    await daemon.close();
  });

  test("SCH-21 the next channel opens an hour before the last one ends, and Drive is asked once a minute meanwhile", async () => {
    const { during, push, daemon, clock } = await setUp({ pushUrl: HOME });
    await push();
    const day: string[] = [];
    for (let hour = 0; hour < 24; hour++) {
      day.push(...(await during(HOUR)));
      await push();
    }
    const opened = day.filter((path) => path === "/drive/v3/changes/watch");
    expect(opened).toHaveLength(1);
    expect(feedCalls(day)).toBeWithin(24 * 58, 24 * 62);
    await clock.advance(90 * MINUTE);
    expect(await push()).toEqual([]);
    const end = await during(1_000, async () => {
      for (const id of ["a", "b"]) await daemon.registry.remove(id);
    });
    expect(end).toContain("/drive/v3/channels/stop");
    await daemon.close();
  }, 60_000);
});

describe("the Apps Script trigger", () => {
  async function scripted() {
    const stage = await setUp({ pushUrl: HOME });
    const text = await (await stage.call("GET", "/datasources/a/apps-script", stage.admin)).text();
    const url = JSON.parse(/SHEETWIRE_URL = (".*");/.exec(text)![1]!) as string;
    const secret = JSON.parse(/SHEETWIRE_SECRET = (".*");/.exec(text)![1]!) as string;
    let nonces = 0;
    function signed({
      atMs = stage.clock.nowMs(),
      body = "{}",
      key = secret,
      nonce = `nonce-${"0".repeat(16)}-${nonces++}`,
    } = {}) {
      const timestamp = String(Math.floor(atMs / 1_000));
      const signature = createHmac("sha256", key).update(`${timestamp}\n${nonce}\n${body}`).digest("hex");
      return {
        "X-Sheetwire-Timestamp": timestamp,
        "X-Sheetwire-Nonce": nonce,
        "X-Sheetwire-Signature": signature,
      };
    }
    const send = async (headers: Record<string, string>, path = new URL(url).pathname, body = "{}") =>
      (await stage.call("POST", path, headers, body)).status;
    return { ...stage, text, url, secret, signed, send };
  }

  test("SCH-22 a signed call leads to a poll of its source at once", async () => {
    const { during, send, signed, polls, daemon, url } = await scripted();
    expect(url).toBe(`${HOME}/hooks/google/apps-script/a`);
    const asked = await during(500, async () => expect(await send(signed())).toBe(204));
    expect([polls(asked, "a"), polls(asked, "b")]).toEqual([1, 0]);
    await daemon.close();
  });

  test("SCH-22 unsigned, forged, old, altered and foreign calls are refused alike, a repeat does nothing", async () => {
    const { during, send, signed, polls, daemon, clock } = await scripted();
    const once = signed();
    await during(1_000, async () => expect(await send(once)).toBe(204));
    const asked = await during(10_000, async () => {
      expect(await send(once)).toBe(204);
      expect(await send({})).toBe(403);
      expect(await send(signed({ key: "guessed" }))).toBe(403);
      expect(await send(signed({ atMs: clock.nowMs() - 6 * MINUTE }))).toBe(403);
      expect(await send(signed({ atMs: clock.nowMs() + 6 * MINUTE }))).toBe(403);
      expect(await send(signed({ nonce: "short" }))).toBe(403);
      expect(await send(signed({ body: "{}" }), undefined, '{"a":1}')).toBe(403);
      expect(await send(signed(), "/hooks/google/apps-script/b")).toBe(403);
      expect(await send(signed(), "/hooks/google/apps-script/unknown")).toBe(403);
      expect(await send(signed(), undefined, "x".repeat(2_000))).toBe(413);
    });
    expect([polls(asked, "a"), polls(asked, "b")]).toEqual([0, 0]);
    await daemon.close();
  });

  test("SCH-23 the script runs as it is: what it sends counts", async () => {
    const { text, call, during, polls, daemon, clock } = await scripted();
    const sent: {
      url: string;
      options: { method: string; payload: string; headers: Record<string, string> };
    }[] = [];
    const triggers: string[] = [];
    const trigger = (name: string) => {
      const builder = {
        forSpreadsheet: () => builder,
        onEdit: () => builder,
        onChange: () => builder,
        create: () => triggers.push(name),
      };
      return builder;
    };
    const google = {
      SpreadsheetApp: { getActive: () => ({}) },
      ScriptApp: { getProjectTriggers: () => [], newTrigger: trigger },
      Utilities: {
        getUuid: () => "0f8fad5b-d9cb-469f-a165-70867728950e",
        // Apps Script gives signed bytes.
        computeHmacSha256Signature: (value: string, key: string) => [
          ...new Int8Array(createHmac("sha256", key).update(value).digest()),
        ],
      },
      UrlFetchApp: {
        fetch: (url: string, options: (typeof sent)[0]["options"]) => sent.push({ url, options }),
      },
      Date: { now: () => clock.nowMs() },
    };
    new Function(...Object.keys(google), `${text}\ninstallSheetwire();`)(...Object.values(google));
    expect(triggers).toEqual(["tellSheetwire", "tellSheetwire"]);
    const [{ url, options }] = sent as [(typeof sent)[0]];
    const asked = await during(1_000, async () => {
      const answer = await call(
        options.method.toUpperCase(),
        new URL(url).pathname,
        options.headers,
        options.payload,
      );
      expect(answer.status).toBe(204);
    });
    expect(polls(asked, "a")).toBe(1);
    await daemon.close();
  });

  test("SCH-23 only admins get it, a source registered anew has another secret, and without a public address there is none", async () => {
    const { secret, call, admin, daemon, register, clock, emulator } = await scripted();
    expect((await call("GET", "/datasources/a/apps-script")).status).toBe(401);
    await daemon.registry.remove("a");
    emulator.removeWorkbook("book-a");
    await clock.advance(1_000);
    await register("a");
    expect(await (await call("GET", "/datasources/a/apps-script", admin)).text()).not.toContain(secret);
    await daemon.close();
    const alone = await setUp();
    const answer = await alone.call("GET", "/datasources/a/apps-script", alone.admin);
    expect([answer.status, (await answer.json()).type]).toEqual([409, "urn:sheetwire:problem:no-public-url"]);
    await alone.daemon.close();
  });
});
