/** Follows a page of the documentation from its first code block to its last, as its reader would. */
import { expect } from "bun:test";
import { waitFor } from "../support/daemon-process.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { differsFromPrinted } from "./printed-answer.ts";
import { MODULES, type Reader } from "./reader.ts";
import type { Running } from "./running.ts";

const SHOWN_MS_MAX = 20_000;
/** What a program's comment says that it prints, one after the other; "..." stands for anything. */
const PRINTS = /\/\/ -> (.+)$/gm;
const VARIABLE = /^(?:export )?([A-Z_]+)=/gm;

export interface Walk {
  /** Blocks that were neither run, checked nor on the list of those that are not. */
  readonly left: readonly Block[];
  /** Of `notRun`, what fits no block any more. */
  readonly unused: readonly RegExp[];
  readonly typeErrors: string;
}

/**
 * `sh` is run in one shell after the other, with the variables of those before; a `json` block right behind it is what
 * it answers. `ts` is run until it has printed what its comments say, `tsx` is for the type checker alone.
 */
export async function walk(reader: Reader, file: string, notRun: readonly RegExp[]): Promise<Walk> {
  const blocks = blocksOf(file);
  const token = (await reader.shell("cat data/admin-token")).trim();
  const variables = new Set(
    blocks.flatMap(({ code }) => [...code.matchAll(VARIABLE)].map(([, name]) => name!)),
  );
  const left: Block[] = [];
  let answer: string | null = null;
  for (const [index, block] of blocks.entries()) {
    const { language, code } = block;
    const said = answer;
    answer = null;
    if (notRun.some((pattern) => pattern.test(code))) continue;
    if (language === "sh") answer = await reader.shell(keeping(variables, code));
    else if (language === "json" && said !== null) {
      const found = differsFromPrinted(JSON.parse(code), parsed(said, code));
      if (found) throw new Error(`${found}; all that was answered:\n${said}`);
    } else if (language === "text" && said !== null)
      expect(said.replaceAll("\r\n", "\n").trimEnd()).toBe(code.trimEnd());
    else if (language === "ts" || language === "tsx") {
      const filled = code.replaceAll("YOUR_TOKEN", token);
      if (language === "ts") await runProgram(reader, `block-${index}.ts`, filled);
      else reader.write(`${MODULES}/block-${index}.tsx`, filled);
    } else left.push(block);
  }
  const unused = notRun.filter((pattern) => !blocks.some(({ code }) => pattern.test(code)));
  const hasPrograms = blocks.some(({ language }) => language.startsWith("ts"));
  return { left, unused, typeErrors: hasPrograms ? await reader.typeErrors() : "" };
}

function parsed(output: string, printed: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    throw new Error(`no JSON was answered where this is printed:\n${printed}\nbut:\n${output}`);
  }
}

function keeping(variables: ReadonlySet<string>, code: string): string {
  const keep = [...variables].map((name) => `declare -p ${name} >> .variables 2>/dev/null || true`);
  return ["touch .variables", ". ./.variables", code, ": > .variables", ...keep].join("\n");
}

/** Runs a program until it has printed all that its comments say. */
export async function runProgram(reader: Reader, name: string, code: string): Promise<void> {
  await printsAll(code, () => reader.module(name, code));
}

/** The program of this code, once `start` has started it. */
export async function printsAll(code: string, start: () => Running): Promise<void> {
  const prints = [...code.matchAll(PRINTS)].map(([, text]) => text!.trim());
  if (prints.length === 0) throw new Error(`a program of the page says nowhere what it prints:\n${code}`);
  const shown = new RegExp(
    prints
      .flatMap((text) => text.split("..."))
      .map(RegExp.escape)
      .join(".*"),
  );
  const app = start();
  const flat = (): string => app.output().replaceAll(/\s+/g, " ");
  if (!(await waitFor(() => shown.test(flat()), SHOWN_MS_MAX))) {
    throw new Error(`this was printed:\n${app.output()}\nby:\n${code}`);
  }
  await app.stop();
}
