import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced code block of a page of the documentation. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** All of them, in order. */
export function blocksOf(file: string): readonly Block[] {
  const text = readFileSync(join(import.meta.dir, "../..", file), "utf8");
  return [...text.matchAll(FENCE)].map(([, language, code]) => ({ language: language!, code: code! }));
}

/** Hands out blocks by a text that only they hold, and knows which ones nobody asked for. */
export function createBlockBook(blocks: readonly Block[]) {
  const left = new Set(blocks);
  return {
    /** Throws unless `mark` stands in exactly one block. */
    take(mark: string): Block {
      const found = blocks.filter(({ code }) => code.includes(mark));
      if (found.length !== 1)
        throw new Error(`"${mark}" stands in ${found.length} blocks of README.md, not in one`);
      left.delete(found[0]!);
      return found[0]!;
    },
    left: (): readonly Block[] => [...left],
  };
}
