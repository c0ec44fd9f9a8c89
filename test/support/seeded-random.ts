import type { Random } from "../../src/runtime/random.ts";

/** Randomness that a seed repeats. Not fit for keys. */
export interface SeededRandom extends Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(list: readonly T[]): T;
  /** A stream of its own, the same for the same seed and name, however much was drawn from this one. */
  split(name: string): SeededRandom;
}

export function createSeededRandom(seed: number | string): SeededRandom {
  const next = sfc32(String(seed));
  return {
    float: () => next() / 2 ** 32,
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
    int: (below) => Math.floor((next() / 2 ** 32) * below),
    pick(list) {
      if (list.length === 0) throw new RangeError("pick from an empty list");
      return list[Math.floor((next() / 2 ** 32) * list.length)]!;
    },
    split: (name) => createSeededRandom(`${seed}/${name}`),
  };
}

/** Chris Doty-Humphrey's sfc32 (PractRand), with 128 bits of seed taken from the text by FNV-1a. */
function sfc32(seed: string): () => number {
  let [a, b, c, d] = [fnv1a(`${seed}#0`), fnv1a(`${seed}#1`), fnv1a(`${seed}#2`), 1];
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  // The reference mixes the seed in by twelve draws.
  for (let draw = 0; draw < 12; draw++) next();
  return next;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
