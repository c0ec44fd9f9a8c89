/**
 * The awareness protocol of y-protocols 1.0.7. A state is a sign of life: renewed every 15 s, and gone after 30 s
 * without one.
 */
import { type Reader, readVarBytes, readVarUint, writeVarUint } from "./contract/varint.ts";
import type { Person, PresenceState, PresenceWire } from "./presence-state.ts";

export interface Awareness {
  readonly others: readonly Person[];
  set(state: PresenceState | null): void;
  /** Throws on bytes of another shape. */
  receive(update: Uint8Array): void;
  connected(): void;
  lost(): void;
  close(): void;
}

const RENEW_MS = 15_000;
const GONE_MS = 30_000;

/** Calls `onChange` after each change of `others`. */
export function createAwareness({ random, now, send, query }: PresenceWire, onChange: () => void): Awareness {
  const id = Math.floor(random() * 2 ** 32);
  const people = new Map<number, { clock: number; person: Person | null; text: string; seenMs: number }>();
  let own: PresenceState | null = null;
  let clock = 0;
  let others: readonly Person[] = [];
  const timer = setInterval(() => {
    if (own) announce();
    let gone = false;
    for (const known of people.values()) {
      if (!known.person || now() - known.seenMs < GONE_MS) continue;
      known.person = null;
      gone = true;
    }
    if (gone) changed();
  }, RENEW_MS);
  // In Node it would keep a process alive that has nothing else to do.
  (timer as { unref?: () => void }).unref?.();

  function announce(): void {
    const text = new TextEncoder().encode(JSON.stringify(own));
    const bytes: number[] = [];
    for (const number of [1, id, ++clock, text.length]) writeVarUint(bytes, number);
    send(new Uint8Array([...bytes, ...text]));
  }
  function changed(): void {
    others = Object.freeze([...people.values()].flatMap(({ person }) => person ?? []));
    onChange();
  }
  function take(reader: Reader): boolean {
    const [of, at] = [readVarUint(reader), readVarUint(reader)];
    const text = new TextDecoder().decode(readVarBytes(reader));
    if (of === id) {
      // Somebody tells that this client is gone, or older: it tells otherwise.
      if (at > clock || (at === clock && text === "null")) clock = at;
      if (own && text === "null") announce();
      return false;
    }
    const known = people.get(of);
    const leaves = text === "null";
    if (known && (at < known.clock || (at === known.clock && !(leaves && known.person)))) return false;
    const same = known?.person && known.text === text;
    const person = same ? known.person : leaves ? null : { id: of, state: JSON.parse(text) as PresenceState };
    people.set(of, { clock: at, person, text, seenMs: now() });
    return !same && (person !== null || known?.person != null);
  }
  query();

  return {
    get others() {
      return others;
    },
    set(state) {
      if (!state && !own) return;
      own = state;
      announce();
    },
    receive(update) {
      const reader = { bytes: update, at: 0 };
      let other = false;
      for (let left = readVarUint(reader); left > 0; left--) other = take(reader) || other;
      if (other) changed();
    },
    connected() {
      if (own) announce();
    },
    lost() {
      if (people.size === 0) return;
      people.clear();
      changed();
    },
    close() {
      clearInterval(timer);
      if (own) {
        own = null;
        announce();
      }
    },
  };
}
