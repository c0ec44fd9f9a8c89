/**
 * Who is here, per document. States are relayed as opaque JSON, gathered into one frame per tick whose length
 * grows with the room, so that the work is linear in the room whatever its members send. Renewals travel with the
 * keepalive. Wire format: y-protocols 1.0.7, awareness.js.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { awarenessFrame } from "#contract/frames.ts";

export interface Presence {
  /** Takes an awareness update of one session; null when taken, else why it is malformed. */
  receive(owner: object, update: Uint8Array): string | null;
  /** The session is gone: its states are announced as gone with the next tick. */
  leave(owner: object): void;
  /** Everybody's state, for one who joins or asks and for the keepalive; null when nobody has one. */
  everybody(): Uint8Array | null;
  /** What changed since the last call, or null. */
  takeChanges(): Uint8Array | null;
}

/** States kept and relayed per document; whoever comes later is not shown. */
const STATES_MAX = 100;
/** One client's state as JSON: a name, a colour, a cursor. */
const STATE_CHARS_MAX = 4096;
/** States one frame of a client may carry: its own, and those it took over from closed tabs. */
const STATES_PER_FRAME_MAX = 16;
const GONE = "null";

interface State {
  readonly owner: object;
  clock: number;
  json: string;
}

export function createPresence(): Presence {
  const states = new Map<number, State>();
  const changed = new Map<number, { clock: number; json: string }>();

  function take(owner: object, client: number, clock: number, json: string): void {
    const known = states.get(client);
    if (known && (known.owner !== owner || known.clock > clock)) return;
    if (json === GONE) {
      if (!known) return;
      states.delete(client);
    } else if (known) {
      const renewal = known.json === json;
      known.clock = clock;
      known.json = json;
      if (renewal) return;
    } else {
      if (states.size >= STATES_MAX) return;
      states.set(client, { owner, clock, json });
    }
    changed.set(client, { clock, json });
  }

  return {
    receive(owner, update) {
      try {
        const decoder = decoding.createDecoder(update);
        const count = decoding.readVarUint(decoder);
        if (count > STATES_PER_FRAME_MAX)
          return `more than ${STATES_PER_FRAME_MAX} presence states in a frame`;
        for (let i = 0; i < count; i++) {
          const client = decoding.readVarUint(decoder);
          const clock = decoding.readVarUint(decoder);
          const json = decoding.readVarString(decoder);
          if (json.length > STATE_CHARS_MAX)
            return `a presence state of more than ${STATE_CHARS_MAX} characters`;
          JSON.parse(json);
          take(owner, client, clock, json);
        }
        return null;
      } catch {
        return "a presence frame that cannot be read";
      }
    },
    leave(owner) {
      for (const [client, state] of states) {
        if (state.owner === owner) take(owner, client, state.clock + 1, GONE);
      }
    },
    everybody: () => (states.size === 0 ? null : encode(states)),
    takeChanges() {
      if (changed.size === 0) return null;
      const frame = encode(changed);
      changed.clear();
      return frame;
    },
  };
}

function encode(states: ReadonlyMap<number, { readonly clock: number; readonly json: string }>): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, states.size);
  for (const [client, { clock, json }] of states) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, json);
  }
  return awarenessFrame(encoding.toUint8Array(encoder));
}
