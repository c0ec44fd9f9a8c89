/** Time and chance, from whoever makes the emulator. */
export interface World {
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
}
