import { describe, expect, test } from "bun:test";
import { testEmulator, withRows } from "./support.ts";

const MINUTE = 60_000;

function setUp() {
  const emulator = testEmulator();
  const id = withRows(emulator, [["n"]]);
  const person = emulator.person(id);
  let token = String(emulator.get("/drive/v3/changes/startPageToken").body.startPageToken);
  /** Ids of the files told to have changed since the last call. */
  function changed(): string[] {
    const { body } = emulator.get(`/drive/v3/changes?pageToken=${token}`);
    token = String(body.newStartPageToken);
    return (body.changes as never as { fileId: string }[]).map(({ fileId }) => fileId);
  }
  return { emulator, id, person, changed };
}

const WATCH = { id: "channel-1", type: "web_hook", address: "https://daemon.test/hook", token: "secret" };

describe("changes of the Drive", () => {
  test("EMU-60 the first change of a file is told at once, those of the next three minutes as one afterwards", () => {
    const { emulator, id, person, changed } = setUp();
    expect(changed()).toEqual([]);
    person.setCell("Sheet1", "A1", 1);
    expect(changed()).toEqual([id]);
    for (let step = 0; step < 5; step++) {
      emulator.nowMs += 30_000;
      person.setCell("Sheet1", "A1", step);
      expect(changed()).toEqual([]);
    }
    emulator.nowMs += 31_000;
    expect(changed()).toEqual([id]);
    emulator.nowMs += 10 * MINUTE;
    expect(changed()).toEqual([]);
    person.setCell("Sheet1", "A1", "again");
    expect(changed()).toEqual([id]);
  });

  test("EMU-60 a removed file is told as removed, one that is not shared not at all", () => {
    const { emulator, id } = setUp();
    const bearer = emulator.accounts.issueToken("ann@example.com");
    const closed = testEmulator({});
    const secret = withRows(closed, [["n"]]);
    closed.person(secret).setCell("Sheet1", "A1", 1);
    const headers = { authorization: `Bearer ${closed.accounts.issueToken("ann@example.com")}` };
    expect(
      closed.call("GET", "/drive/v3/changes?pageToken=1", undefined, headers).body.changes as unknown,
    ).toEqual([]);
    expect(bearer).toBeString();
    emulator.removeWorkbook(id);
    const { body } = emulator.get("/drive/v3/changes?pageToken=1");
    expect(body.changes![0] as unknown).toMatchObject({ fileId: id, removed: true });
  });

  test("EMU-60 pages follow each other and only the last one has the token to go on from; a bad token is 400", () => {
    const { emulator, id } = setUp();
    const other = withRows(emulator, [["n"]]);
    for (const one of [id, other]) emulator.person(one).setCell("Sheet1", "A1", 1);
    const first = emulator.get("/drive/v3/changes?pageToken=1&pageSize=1").body;
    expect([first.changes![0]!.fileId as unknown, first.newStartPageToken as unknown]).toEqual([
      id,
      undefined,
    ]);
    const second = emulator.get(
      `/drive/v3/changes?pageToken=${first.nextPageToken}&pageSize=1&fields=newStartPageToken,changes(fileId)`,
    );
    expect(second.body as unknown).toEqual({ newStartPageToken: "3", changes: [{ fileId: other }] });
    expect(emulator.get("/drive/v3/changes?pageToken=x").status).toBe(400);
    expect(emulator.get("/drive/v3/changes").status).toBe(400);
  });

  test("EMU-60 an API key has no changes", () => {
    const emulator = testEmulator({});
    const key = emulator.accounts.registerApiKey();
    expect(emulator.get(`/drive/v3/changes/startPageToken?key=${key}`).status).toBe(401);
  });

  test("EMU-61 a channel is called with sync first, then for changes, with numbers that rise, until it is stopped", () => {
    const { emulator, person } = setUp();
    const made = emulator.call("POST", "/drive/v3/changes/watch?pageToken=1", WATCH);
    expect(made.status).toBe(200);
    person.setCell("Sheet1", "A1", 1);
    const [sync, change, ...more] = emulator.takePushes();
    expect(more).toEqual([]);
    expect(sync).toMatchObject({
      address: WATCH.address,
      headers: {
        "x-goog-channel-id": "channel-1",
        "x-goog-channel-token": "secret",
        "x-goog-resource-state": "sync",
        "x-goog-message-number": "1",
      },
    });
    expect(change!.headers["x-goog-resource-state"]).toBe("change");
    expect(Number(change!.headers["x-goog-message-number"])).toBeGreaterThan(1);
    expect(emulator.takePushes()).toEqual([]);
    const stop = { id: "channel-1", resourceId: made.body.resourceId as unknown };
    expect(emulator.call("POST", "/drive/v3/channels/stop", stop).status).toBe(204);
    emulator.nowMs += 10 * MINUTE;
    person.setCell("Sheet1", "A1", 2);
    expect(emulator.takePushes()).toEqual([]);
    expect(emulator.call("POST", "/drive/v3/channels/stop", stop).status).toBe(404);
  });

  test("EMU-61 a channel lives an hour, or as wished up to seven days, and its id is its own", () => {
    const { emulator, person } = setUp();
    const watch = (more: object) =>
      emulator.call("POST", "/drive/v3/changes/watch?pageToken=1", { ...WATCH, ...more });
    expect(Number(watch({}).body.expiration)).toBe(emulator.nowMs + 60 * MINUTE);
    expect(watch({}).status).toBe(400);
    const far = watch({ id: "channel-2", expiration: String(emulator.nowMs + 30 * 86_400_000) });
    expect(Number(far.body.expiration)).toBe(emulator.nowMs + 7 * 86_400_000);
    emulator.takePushes();
    emulator.nowMs += 61 * MINUTE;
    person.setCell("Sheet1", "A1", 1);
    expect(emulator.takePushes().map(({ headers }) => headers["x-goog-channel-id"]!)).toEqual(["channel-2"]);
    expect(watch({ id: "channel-3", address: "ftp://x" }).status).toBe(400);
  });
});
