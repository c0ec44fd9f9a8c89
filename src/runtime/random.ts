/** Randomness as an argument. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** Fit for keys and tokens in the system's implementation. */
  bytes(length: number): Uint8Array;
}

/** `length` bytes as lower-case hex. */
export function randomHex(random: Random, length: number): string {
  return random.bytes(length).toHex();
}
