/** What the web app's pages show of the command line is held against the commands that there are. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Glob } from "bun";
import { createProgram } from "../../src/cli/program.ts";
import type { World } from "../../src/cli/world.ts";

const UI = new URL("../../src/registry/ui/", import.meta.url).pathname;
const world = { out: { write: () => true, isTerminal: false, columns: 100 }, env: {} } as unknown as World;

interface Commandlike {
  readonly commands: readonly (Commandlike & { name(): string })[];
  readonly options: readonly { readonly long?: string | undefined }[];
  readonly parent: Commandlike | null;
}

const program = createProgram(world, "0") as unknown as Commandlike;

/** What is wrong with a line such as "sheetwire tokens make NAME --scope read"; null when nothing is. */
function wrongWith(line: string): string | null {
  const words = line.split(/\s+/).slice(1);
  let command = program;
  while (command.commands.length > 0) {
    const name = words.shift() ?? "";
    const next = command.commands.find((each) => each.name() === name);
    if (!next) return `no command "${name}"`;
    command = next;
  }
  const known = [...command.options, ...program.options].map(({ long }) => long);
  const unknown = words.filter((word) => word.startsWith("--")).find((word) => !known.includes(word));
  return unknown === undefined ? null : `no option ${unknown}`;
}

test("WEB-35 each command that a page shows is one, with options that it takes", () => {
  const lines: string[] = [];
  for (const file of new Glob("**/*.{ts,tsx}").scanSync(UI)) {
    const text = readFileSync(UI + file, "utf8");
    // What is filled in stands for one word.
    for (const [line] of text.matchAll(/(?<=["`]|\\n)sheetwire [a-z][^"\n]*?(?=["`\n]|\\n|$)/g))
      lines.push(line.replace(/\$\{[^}]*\}+/g, "X"));
  }
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.flatMap((line) => wrongWith(line) ?? [])).toEqual([]);
  expect(wrongWith("sheetwire tokens bake x")).toBe('no command "bake"');
  expect(wrongWith("sheetwire get shop/Prices --vieww x")).toBe("no option --vieww");
});
