/** What broken and hostile clients send: each frame with what the server must make of it. */
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { CLOSE } from "#contract/close-codes.ts";
import { awarenessFrame, syncStep1Frame, syncStep2Frame, updateFrame } from "#contract/frames.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface HostileFrame {
  readonly kind: string;
  readonly bytes: Uint8Array | string;
  /** Codes that the session may be closed with; null: it may stay open. */
  readonly expect: readonly (number | null)[];
}

const { malformed, forbidden, epoch, overloaded } = CLOSE;
/** A frame that says nothing wrong by chance is let pass. */
const ANY = [null, malformed, forbidden, epoch, overloaded] as const;

/** The next hostile frame; the server's document is the one that `stateVector` speaks of. */
export function createHostileFrames(random: SeededRandom, stateVector: Uint8Array): () => HostileFrame {
  const updates = makeUpdates();
  const strangers = syncStep1Frame(stateVectorOf(random, 100_000));
  const kinds: Readonly<Record<string, () => Omit<HostileFrame, "kind">>> = {
    randomBytes: () => ({ bytes: random.bytes(random.int(200)), expect: ANY }),
    randomBehindAType: () => ({
      bytes: join([random.int(4), random.int(3)], random.bytes(random.int(100))),
      expect: ANY,
    }),
    mutated: () => ({ bytes: mutate(random, valid()), expect: ANY }),
    spliced: () => ({ bytes: splice(random, valid(), valid()), expect: ANY }),
    truncated() {
      const frame = valid();
      return { bytes: frame.slice(0, random.int(frame.length)), expect: [malformed] };
    },
    giantLength: () => ({
      bytes: join(random.pick([[1], [0, 0], [0, 1], [0, 2]]), hugeNumber(random), [1, 2, 3]),
      expect: [malformed],
    }),
    giantCount: () => {
      const body = join(hugeNumber(random), [1, 1, 2, 2]);
      return { bytes: random.pick([syncStep1Frame, awarenessFrame])(body), expect: [malformed] };
    },
    endlessNumber() {
      const zero = random.int(2) === 0;
      const digit = 0x80 | (zero ? 0 : 1 + random.int(127));
      const endless = join(new Uint8Array(20 + random.int(2000)).fill(digit), [0]);
      const bytes = random.pick([
        endless,
        join([0, 0], endless, [0]),
        syncStep1Frame(endless),
        syncStep1Frame(join([1], endless, [1])),
        awarenessFrame(join(endless, [0, 0])),
        awarenessFrame(join([1, 5], endless, [2, 0x7b, 0x7d])),
      ]);
      // A hundred zeros are a zero.
      return { bytes, expect: zero ? [null, malformed, epoch] : [malformed] };
    },
    unknownType: () => ({ bytes: join([4 + random.int(120)], random.bytes(8)), expect: [malformed] }),
    text: () => ({ bytes: random.pick(["", "hello", "\u0000\u0000\u0001\u0000"]), expect: [malformed] }),
    manyWriters: () => ({
      bytes: strangers,
      expect: [epoch, overloaded],
    }),
    knowsMore: () => ({ bytes: syncStep1Frame(stateVectorOf(random, 1)), expect: [epoch] }),
    repeatedWriter: () => ({
      bytes: syncStep1Frame(new Uint8Array([2, 1, 1, 1, 1])),
      expect: [malformed, epoch],
    }),
    bytesBehindVector: () => ({
      bytes: syncStep1Frame(join(stateVector, random.bytes(1 + random.int(50)))),
      expect: [malformed],
    }),
    update: () => ({
      bytes: random.pick([updateFrame, syncStep2Frame])(random.pick(updates)),
      expect: [forbidden],
    }),
    garbageUpdate: () => ({
      bytes: updateFrame(join([1 + random.int(255)], random.bytes(2 + random.int(300)))),
      expect: [forbidden],
    }),
    deepPresence: () => presenceOf(`${"[".repeat(2000)}${"]".repeat(2000)}`, [null]),
    deeperPresence: () => presenceOf("[".repeat(50_000), [malformed]),
    longPresence: () => presenceOf(JSON.stringify("x".repeat(5000 + random.int(5000))), [malformed]),
    brokenPresence: () => presenceOf(random.pick(['{"a":', "undefined", "", "{}{}", "nul"]), [malformed]),
    presenceOfMany: () => {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, 3000);
      for (let i = 0; i < 3000; i++) writePresence(encoder, random.int(2 ** 32), 1 + (i % 2), '{"a":1}');
      return { bytes: awarenessFrame(encoding.toUint8Array(encoder)), expect: [null] };
    },
    notUtf8: () => ({
      bytes: awarenessFrame(join([1, 9, 1, 4], [0x22, 0xff, 0xfe, 0x22])),
      expect: [malformed],
    }),
  };
  const names = Object.keys(kinds);

  function valid(): Uint8Array {
    return random.pick([
      () => syncStep1Frame(stateVector),
      () => syncStep1Frame(new Uint8Array([0])),
      () => updateFrame(random.pick(updates)),
      () => syncStep2Frame(random.pick(updates)),
      () => presence('{"user":{"name":"Ann","color":"#aa0000"}}'),
    ])();
  }
  function presence(json: string): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 1);
    writePresence(encoder, random.int(2 ** 32), random.int(1000), json);
    return awarenessFrame(encoding.toUint8Array(encoder));
  }
  function presenceOf(json: string, expect: HostileFrame["expect"]): Omit<HostileFrame, "kind"> {
    return { bytes: presence(json), expect };
  }

  return () => {
    const kind = random.pick(names);
    return { kind, ...kinds[kind]!() };
  };
}

function writePresence(encoder: encoding.Encoder, client: number, clock: number, json: string): void {
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, json);
}

/** Well-formed updates that no mirror takes: edits, forged writers, nesting, structs that wait for what never comes. */
function makeUpdates(): readonly Uint8Array[] {
  const plain = new Y.Doc({ guid: "plain" });
  plain.getArray("log").push([[1, 0, "edited"]]);
  const forged = new Y.Doc({ guid: "forged" });
  forged.clientID = 1;
  forged.getArray("log").push([[1, 0, "forged"]]);
  const later = new Y.Doc({ guid: "later" });
  for (let i = 0; i < 500; i++) later.getArray("log").push([[i, 0, "pending"]]);
  const pending = Y.diffUpdate(Y.encodeStateAsUpdate(later), stateVectorFrom(later.clientID, 250));
  const nested = new Y.Doc({ guid: "nested" });
  let inner = nested.getMap("deep");
  for (let depth = 0; depth < 300; depth++) inner = inner.set("x", new Y.Map());
  const deletion = new Uint8Array([0, 1, 1, 1, 0, 50]);
  return [
    Y.encodeStateAsUpdate(plain),
    Y.encodeStateAsUpdate(forged),
    pending,
    Y.encodeStateAsUpdate(nested),
    deletion,
  ];
}

function stateVectorFrom(client: number, clock: number): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const part of [1, client, clock]) encoding.writeVarUint(encoder, part);
  return encoding.toUint8Array(encoder);
}

/** A state vector of that many writers, all strangers. */
function stateVectorOf(random: SeededRandom, writers: number): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, writers);
  for (let i = 0; i < writers; i++) {
    encoding.writeVarUint(encoder, 1_000_000 + i);
    encoding.writeVarUint(encoder, 1 + random.int(100));
  }
  return encoding.toUint8Array(encoder);
}

function hugeNumber(random: SeededRandom): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, random.pick([1e6, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]));
  return encoding.toUint8Array(encoder);
}

function mutate(random: SeededRandom, frame: Uint8Array): Uint8Array {
  const bytes = frame.slice();
  for (let times = 1 + random.int(4); times > 0; times--) {
    const at = random.int(bytes.length);
    bytes[at] = random.pick([random.int(256), bytes[at]! ^ (1 << random.int(8)), 0, 0x7f, 0x80, 0xff]);
  }
  return bytes;
}

function splice(random: SeededRandom, a: Uint8Array, b: Uint8Array): Uint8Array {
  return join(a.slice(0, random.int(a.length)), b.slice(random.int(b.length)));
}

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
