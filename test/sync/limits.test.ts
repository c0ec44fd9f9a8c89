import { describe, expect, test } from "bun:test";
import * as encoding from "lib0/encoding";
import * as awareness from "y-protocols/awareness";
import * as Y from "yjs";
import { CLOSE } from "#contract/close-codes.ts";
import { awarenessFrame, decodeFrame, syncStep1Frame } from "#contract/frames.ts";
import { createConnectLimits, network } from "../../src/access/connect-limits.ts";
import { readStateVector } from "../../src/sync/state-vector.ts";
import { createSyncStage, STAGE_ROOM, type StageClient, type SyncStage } from "../support/sync-stage.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const EMPTY = syncStep1Frame(new Uint8Array([0]));

async function join(stage: SyncStage, options: Parameters<SyncStage["dial"]>[0] = {}): Promise<StageClient> {
  const client = stage.dial(options);
  client.send(syncStep1Frame(Y.encodeStateVector(client.doc)));
  await stage.clock.settle();
  return client;
}
/** Presence of a stock client: it sends back all that it is shown. */
function stockAwareness(client: StageClient): awareness.Awareness {
  const mine = new awareness.Awareness(client.doc);
  // Its own timer looks at the wall clock, which does not stand still here.
  clearInterval(mine._checkInterval);
  mine.on("update", ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>) => {
    const changed = [...added, ...updated, ...removed];
    client.send(awarenessFrame(awareness.encodeAwarenessUpdate(mine, changed)));
  });
  return mine;
}
/** Shows the client what it received since the last time; resolves when nothing more comes. */
async function show(stage: SyncStage, people: readonly (readonly [StageClient, awareness.Awareness])[]) {
  for (let round = 0; round < 5; round++) {
    for (const [client, seen] of people) {
      for (const bytes of client.frames.splice(0)) {
        const frame = decodeFrame(bytes);
        if (frame.ok && frame.value.type === "awareness")
          awareness.applyAwarenessUpdate(seen, frame.value.update, "server");
      }
    }
    await stage.clock.advance(500);
  }
}
const presenceFrame = (client: number, clock: number, json: string): Uint8Array => {
  const encoder = encoding.createEncoder();
  for (const part of [1, client, clock]) encoding.writeVarUint(encoder, part);
  encoding.writeVarString(encoder, json);
  return awarenessFrame(encoding.toUint8Array(encoder));
};

describe("who connects", () => {
  test("SYN-28 an address may open all its sockets at once, then so many a second; others are not affected", async () => {
    const { clock } = createTestRuntime();
    const limits = createConnectLimits({
      clock,
      connectionsPerAddressMax: 100,
      connectsPerSecondPerAddressMax: 10,
      addressesMax: 3,
    });
    const comeAndGo = (address: string, times: number): number => {
      let let_in = 0;
      for (let i = 0; i < times; i++) {
        if (limits.waitMs(address) > 0) continue;
        limits.opened(address);
        limits.closed(address);
        let_in++;
      }
      return let_in;
    };
    expect(comeAndGo("a", 500)).toBe(100);
    expect(limits.waitMs("a")).toBe(100);
    expect(comeAndGo("b", 50)).toBe(50);
    await clock.advance(2_000);
    expect(comeAndGo("a", 500)).toBe(20);
    for (let i = 0; i < 50; i++) limits.opened("b");
    // Addresses that come and go do not make the busy one forgotten.
    for (let i = 0; i < 1_000; i++) comeAndGo(`visitor ${i}`, 1);
    for (let i = 0; i < 50; i++) limits.opened("b");
    expect(limits.waitMs("b")).toBe(1_000);
    limits.closed("b");
    expect(limits.waitMs("b")).toBe(0);
  });

  test("SYN-28 the addresses of one IPv6 network count as one", () => {
    expect(network("2001:db8:1:2:3:4:5:6")).toBe(network("2001:db8:1:2:ffff::1"));
    expect(network("2001:db8::1")).toBe(network("2001:db8:0:0:9::1"));
    expect(network("2001:db8:1:2::1")).not.toBe(network("2001:db8:1:3::1"));
    expect(network("::ffff:10.0.0.1")).toBe(network("10.0.0.1"));
    expect(network("10.0.0.1")).not.toBe(network("10.0.0.2"));
  });

  test("SYN-28 a token with as many sockets as it may is closed with 4503 until one of them leaves", async () => {
    const stage = await createSyncStage({ connectionsPerTokenMax: 2 });
    const [first] = [await join(stage), await join(stage)];
    expect((await join(stage, { address: "elsewhere" })).closed?.code).toBe(CLOSE.overloaded);
    expect((await join(stage, { token: "wrong" })).closed?.code).toBe(CLOSE.token);
    first!.hangUp();
    expect((await join(stage)).closed).toBeNull();
    expect((await join(stage)).closed?.code).toBe(CLOSE.overloaded);
  });

  test("SYN-55 beyond the bound of open documents another one is closed with 4503, those open go on", async () => {
    const stage = await createSyncStage({ documentsOpenMax: 1 });
    await stage.addDocument("Other");
    const first = await join(stage);
    expect((await join(stage, { room: "shop/Other" })).closed?.code).toBe(CLOSE.overloaded);
    expect((await join(stage)).closed).toBeNull();
    expect(first.closed).toBeNull();
  });
});

describe("what is asked for", () => {
  test("SYN-29 more messages than a session may send are closed with 4503; as many as it may are not", async () => {
    const stage = await createSyncStage({ framesPerSecondMax: 10 });
    const [steady, flooding] = [await join(stage), await join(stage)];
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 9; i++) steady.send(EMPTY);
      await stage.clock.advance(1_000);
    }
    expect(steady.closed).toBeNull();
    for (let i = 0; i < 200; i++) flooding.send(EMPTY);
    expect(flooding.closed?.code).toBe(CLOSE.overloaded);
  });

  test("SYN-29 who asks for a large document again and again is closed with 4503", async () => {
    const stage = await createSyncStage();
    await stage.write([["x".repeat(4 << 20), 1]]);
    const greedy = await join(stage, { follows: false });
    let asked = 0;
    for (; asked < 100 && !greedy.closed; asked++) {
      greedy.send(EMPTY);
      await stage.clock.settle();
    }
    expect(greedy.closed?.code).toBe(CLOSE.overloaded);
    expect(asked).toBeLessThan(20);
    expect((await join(stage)).closed).toBeNull();
  });

  test("SYN-53 whatever a client asks for while an answer is on its way costs one more answer", async () => {
    const stage = await createSyncStage();
    await stage.write([["x".repeat(1 << 20), 1]]);
    const drained = Promise.withResolvers<void>();
    const client = await join(stage, { drained: () => drained.promise });
    expect(client.received).toBe(1);
    for (let i = 0; i < 20; i++) client.send(syncStep1Frame(stage.document.stateVector()));
    drained.resolve();
    await stage.clock.settle();
    // What it asked first in two parts, the end of that answer, and one answer to the twenty.
    expect(client.received).toBe(4);
    await stage.write([["short", 2]]);
    expect(Y.encodeStateVector(client.doc)).toEqual(stage.document.stateVector());
  });

  test("SYN-52 while a large answer is on its way nothing else is sent; not read in time it closes with 1013", async () => {
    const stage = await createSyncStage({ answerMsMax: 50_000 });
    await stage.write([["x".repeat(1 << 20), 1]]);
    const never = Promise.withResolvers<void>();
    const stalled = await join(stage, { drained: () => never.promise });
    stalled.send(new Uint8Array([3]));
    await stage.clock.advance(40_000);
    await stage.write([["y".repeat(1 << 20), 2]]);
    expect(stalled.received).toBe(1);
    await stage.clock.advance(20_000);
    expect(stalled.closed?.code).toBe(CLOSE.slow);
  });

  test("SYN-51 state vectors read as Yjs reads them, and none of 100,000 writers is read to its end", () => {
    const doc = new Y.Doc();
    for (let client = 1; client <= 40; client++) {
      doc.clientID = client * 1_000_003;
      doc.getArray("a").push([client]);
    }
    const bytes = Y.encodeStateVector(doc);
    expect(readStateVector(bytes, 40)).toEqual(Y.decodeStateVector(bytes));
    expect(readStateVector(bytes, 39)).toBeNull();
    for (let cut = 0; cut < bytes.length; cut++)
      expect(() => readStateVector(bytes.slice(0, cut), 40)).toThrow();
    // Of a vector of strangers only the count is looked at: what follows is not even a number.
    const many = new Uint8Array(300_000).fill(0xff);
    many.set([0xa0, 0x8d, 0x06]);
    expect(readStateVector(many, 40)).toBeNull();
  });
});

describe("presence", () => {
  test("SYN-50 in a room full of stock clients, who send back all they are shown, everybody stays and sees everybody", async () => {
    const stage = await createSyncStage();
    const crowd = await Promise.all(Array.from({ length: 60 }, () => join(stage)));
    const people = crowd.map((client) => [client, stockAwareness(client)] as const);
    for (const [i, [, mine]] of people.entries()) mine.setLocalState({ name: `person ${i}` });
    await show(stage, people);
    for (const [client, seen] of people) {
      expect(client.closed).toBeNull();
      expect(seen.getStates().size).toBe(60);
    }
    people[0]![0].hangUp();
    await show(stage, people.slice(1));
    for (const [, seen] of people.slice(1)) expect(seen.getStates().size).toBe(59);
  });

  test("SYN-50 who left does not come back by an old message of another, and is seen at once when it returns", async () => {
    const stage = await createSyncStage();
    const [ann, bob] = [await join(stage), await join(stage)];
    const [annHere, bobHere] = [stockAwareness(ann), stockAwareness(bob)];
    annHere.setLocalState({ name: "Ann" });
    bobHere.setLocalState({ name: "Bob" });
    const both = [[ann, annHere] as const, [bob, bobHere] as const];
    await show(stage, both);
    const clock = annHere.meta.get(annHere.clientID)!.clock;
    ann.hangUp();
    await stage.clock.advance(500);
    bob.send(presenceFrame(annHere.clientID, clock, '{"name":"Ann"}'));
    const late = await join(stage);
    const lateHere = stockAwareness(late);
    await show(stage, [both[1]!, [late, lateHere]]);
    expect([...lateHere.getStates().values()]).toContainEqual({ name: "Bob" });
    expect([...lateHere.getStates().values()]).not.toContainEqual({ name: "Ann" });
    const returned = await join(stage);
    const again = stockAwareness(returned);
    again.clientID = annHere.clientID;
    again.states.set(annHere.clientID, { name: "Ann" });
    again.meta.set(annHere.clientID, { clock, lastUpdated: Date.now() });
    returned.send(awarenessFrame(awareness.encodeAwarenessUpdate(again, [annHere.clientID])));
    await show(stage, [both[1]!, [late, lateHere], [returned, again]]);
    expect([...lateHere.getStates().values()]).toContainEqual({ name: "Ann" });
    expect([...bobHere.getStates().values()]).toContainEqual({ name: "Ann" });
  });

  test("SYN-50 one session cannot fill a room, make its messages large, or make others tell of who never was", async () => {
    const stage = await createSyncStage({ presenceCharsMax: 10_000 });
    const [watcher, greedy, fat] = [await join(stage), await join(stage), await join(stage)];
    for (let i = 0; i < 100; i++) greedy.send(presenceFrame(100 + i, 1, "{}"));
    for (let i = 0; i < 8; i++)
      fat.send(presenceFrame(500 + i, 1, JSON.stringify({ text: "x".repeat(3_000) })));
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 20_000);
    for (let i = 0; i < 20_000; i++) {
      encoding.writeVarUint(encoder, 1_000_000 + (i >> 1));
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, i % 2 === 0 ? "{}" : "null");
    }
    (await join(stage)).send(awarenessFrame(encoding.toUint8Array(encoder)));
    const before = watcher.frames.length;
    await stage.clock.advance(1_000);
    const told = watcher.frames.slice(before);
    expect(told.length).toBe(1);
    expect(told[0]!.length).toBeLessThan(11_000);
    const seen = new awareness.Awareness(new Y.Doc());
    clearInterval(seen._checkInterval);
    for (const bytes of told) {
      const frame = decodeFrame(bytes);
      if (frame.ok && frame.value.type === "awareness")
        awareness.applyAwarenessUpdate(seen, frame.value.update, "server");
    }
    const others = [...seen.getStates().keys()].filter((client) => client !== seen.clientID);
    expect(others.filter((client) => client < 500).length).toBe(16);
    expect(others.length).toBe(19);
  });
});

test("SYN-26 frames that came before the document was loaded are bounded in bytes", async () => {
  const stage = await createSyncStage();
  const hasty = stage.dial({ room: STAGE_ROOM });
  hasty.send(syncStep1Frame(new Uint8Array(300 * 1024)));
  expect(hasty.closed?.code).toBe(CLOSE.overloaded);
});
