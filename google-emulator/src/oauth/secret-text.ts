import type { World } from "../world.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters and digits from the emulator's randomness, which a test may repeat: no secret in earnest. */
export function secretText(world: World, length: number): string {
  let text = "";
  while (text.length < length) text += LETTERS[Math.floor(world.random() * LETTERS.length)];
  return text;
}
