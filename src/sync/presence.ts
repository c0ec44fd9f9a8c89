/**
 * Who is here, per document. States are relayed as opaque JSON, gathered into one frame per tick whose length
 * grows with the room, so that the work is linear in the room whatever its members send. Renewals travel with the
 * keepalive. Wire format and the clients' ways: y-protocols 1.0.7, awareness.js; y-websocket 1.5 to 3.1.
 *
 * Stock clients send back every state that they are shown. So most of what arrives is somebody else's: it is passed
 * over unread. What comes back of one who has just left is answered with "gone": it would be a ghost. If it comes
 * from that very client, reconnected, the answer makes it raise its clock, and everybody sees it again at once.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { awarenessFrame } from "#contract/frames.ts";
import { SYNC_LIMITS, type SyncLimits } from "./limits.ts";

export interface Presence {
  /** Takes an awareness update of one session. */
  receive(owner: object, update: Uint8Array): Received;
  /** The session is gone: its states are announced as gone with the next tick. */
  leave(owner: object): void;
  /** Everybody's state, for one who joins or asks and for the keepalive; null when nobody has one. */
  everybody(): Uint8Array | null;
  /** What changed since the last call, or null. */
  takeChanges(): Uint8Array | null;
}

export type Received =
  | { readonly tag: "Taken"; readonly changed: boolean; readonly reply: Uint8Array | null }
  | { readonly tag: "Malformed"; readonly why: string };

export type PresenceLimits = Pick<
  SyncLimits,
  "presenceStatesMax" | "presenceStateCharsMax" | "presenceCharsMax"
>;

/** States one session may own: its own, and those of other tabs that spoke through it. */
const STATES_PER_SESSION_MAX = 16;
/** Who left is remembered until this many others did. */
const GONE_MAX = 256;
const GONE = "null";

interface State {
  readonly owner: object;
  clock: number;
  json: string;
  /** Somebody may have been shown it. */
  shown: boolean;
}

interface Announced {
  readonly clock: number;
  readonly json: string;
}

export function createPresence(limits: PresenceLimits = SYNC_LIMITS): Presence {
  const states = new Map<number, State>();
  const changed = new Map<number, Announced>();
  /** The last clock of each client that left, oldest first. */
  const gone = new Map<number, number>();
  let chars = 0;

  function remove(client: number, known: State, clock: number): void {
    states.delete(client);
    chars -= known.json.length;
    changed.delete(client);
    if (!known.shown) return;
    gone.delete(client);
    gone.set(client, clock);
    const [oldest] = gone.keys();
    if (gone.size > GONE_MAX) gone.delete(oldest!);
    changed.set(client, { clock, json: GONE });
  }

  /** True when others are to be told. */
  function take(owner: object, client: number, clock: number, json: string): boolean {
    const known = states.get(client);
    if (json === GONE) {
      if (known) remove(client, known, clock);
      return known !== undefined;
    }
    if (known?.json === json) {
      known.clock = clock;
      return false;
    }
    if (chars + json.length - (known?.json.length ?? 0) > limits.presenceCharsMax) return false;
    if (!known) {
      if (states.size >= limits.presenceStatesMax || countOf(owner) >= STATES_PER_SESSION_MAX) return false;
      states.set(client, { owner, clock, json: "", shown: gone.has(client) });
    }
    const state = states.get(client)!;
    chars += json.length - state.json.length;
    state.clock = clock;
    state.json = json;
    gone.delete(client);
    changed.set(client, { clock, json });
    return true;
  }
  function countOf(owner: object): number {
    let count = 0;
    for (const state of states.values()) if (state.owner === owner) count++;
    return count;
  }

  function read(owner: object, update: Uint8Array): Received {
    const decoder = decoding.createDecoder(update);
    const count = readNumber(decoder);
    const ghosts = new Map<number, Announced>();
    let anyChanged = false;
    for (let i = 0; i < count; i++) {
      const client = readNumber(decoder);
      const clock = readNumber(decoder);
      const json = readBytes(decoder);
      const known = states.get(client);
      if (known ? known.owner !== owner || known.clock > clock : isGone(json)) continue;
      const leftAt = gone.get(client);
      if (!known && leftAt !== undefined && clock <= leftAt) {
        ghosts.set(client, { clock: leftAt, json: GONE });
        continue;
      }
      if (json.length > limits.presenceStateCharsMax * UTF8_BYTES_PER_CHAR_MAX) return tooLong();
      const text = UTF8.decode(json);
      if (text.length > limits.presenceStateCharsMax) return tooLong();
      // Others would fail over it, so it must be JSON; a null with blanks around it is a null too.
      if (take(owner, client, clock, JSON.parse(text) === null ? GONE : text)) anyChanged = true;
    }
    return { tag: "Taken", changed: anyChanged, reply: ghosts.size > 0 ? encode(ghosts) : null };
  }
  function tooLong(): Received {
    return {
      tag: "Malformed",
      why: `a presence state of more than ${limits.presenceStateCharsMax} characters`,
    };
  }

  return {
    receive(owner, update) {
      try {
        return read(owner, update);
      } catch {
        return { tag: "Malformed", why: "a presence frame that cannot be read" };
      }
    },
    leave(owner) {
      // With its own clock, not a higher one: else it would stay unseen for two renewals after it came back.
      for (const [client, state] of states) if (state.owner === owner) remove(client, state, state.clock);
    },
    everybody() {
      for (const state of states.values()) state.shown = true;
      return states.size === 0 ? null : encode(states);
    },
    takeChanges() {
      if (changed.size === 0) return null;
      for (const client of changed.keys()) {
        const state = states.get(client);
        if (state) state.shown = true;
      }
      const frame = encode(changed);
      changed.clear();
      return frame;
    },
  };
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });
const UTF8_BYTES_PER_CHAR_MAX = 3;

/** "null", byte by byte: most of what is passed over is never made a string. */
function isGone(json: Uint8Array): boolean {
  return json.length === 4 && json[0] === 0x6e && json[1] === 0x75 && json[2] === 0x6c && json[3] === 0x6c;
}

function readNumber(decoder: decoding.Decoder): number {
  const value = decoding.readVarUint(decoder);
  if (!Number.isSafeInteger(value)) throw new Error("a number out of range");
  return value;
}

/** lib0 would shorten what is longer than the frame. */
function readBytes(decoder: decoding.Decoder): Uint8Array {
  const length = readNumber(decoder);
  if (length > decoder.arr.length - decoder.pos) throw new Error("longer than its frame");
  return decoding.readUint8Array(decoder, length);
}

function encode(states: ReadonlyMap<number, Announced>): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, states.size);
  for (const [client, { clock, json }] of states) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, json);
  }
  return awarenessFrame(encoding.toUint8Array(encoder));
}
