/** Somebody who follows the README: a folder as their checkout, a daemon with the sample, a shell, an editor's hands. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Person } from "../../google-emulator/src/index.ts";
import { type DaemonProcess, freePort, startDaemon, waitFor } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type Running, startRunning } from "./running.ts";

export interface Reader extends AsyncDisposable {
  readonly daemon: DaemonProcess;
  /** Runs shell commands in the checkout to their end; throws when they fail. */
  shell(code: string): Promise<string>;
  /** Starts shell commands that go on until they are stopped. */
  background(code: string): Running;
  /** Starts a module whose imports are this project's packages, in a folder made for it. */
  module(name: string, code: string): Running;
  /** Opens an address of the README, as soon as somebody answers there. */
  open(browser: Browser, url: string): Promise<Page>;
  /** What the type checker says of all modules so far; empty when it is content. */
  typeErrors(): Promise<string>;
  /** Saves a file in the checkout. */
  write(file: string, text: string): void;
  /** Types into a cell of the sample workbook's price list. */
  type(cell: string, text: string): Promise<void>;
  /** Of the price list's grid, counted from 0. */
  insertRow(at: number, typed: readonly string[]): Promise<void>;
  deleteRow(at: number): Promise<void>;
  /** Asks the sample's Google for something that people do in a browser. */
  google<T>(path: string, body: object): Promise<T>;
  /** Where the emulated Google is: its links stand for docs.google.com's. */
  readonly googleUrl: string;
}

/** Where modules are that no page says where to put. */
export const MODULES = "modules";
const PRICE_LIST = "Price list";
/** Of a checkout, what `npx sheetwire` runs. */
const CHECKOUT = ["package.json", "package-lock.json", "node_modules", "bin", "scripts", "src", "client-sdk"];
const root = resolve(import.meta.dir, "../..");
/** The ports of the README's text; here others stand for them, so that nothing that runs already is in the way. */
const DAEMON_PORT = "8787";
const WEB_PORT = "3000";
const FEED_PORT = "8080";
const ANSWER_MS_MAX = 10_000;

/** `settings` are the environment that the README starts its daemon with. */
export async function createReader(settings: Readonly<Record<string, string>>): Promise<Reader> {
  const folder = tempDir();
  const port = freePort();
  const filled = new Map([
    [DAEMON_PORT, String(port)],
    [WEB_PORT, String(freePort())],
    [FEED_PORT, String(freePort())],
  ]);
  // In one pass: what was filled in is not looked at again.
  const asPrinted = (text: string): string =>
    text.replace(/\b\d{4}\b/g, (digits) => filled.get(digits) ?? digits);
  const env = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, asPrinted(value)]));
  // An empty variable counts as unset: the token is made and kept in the data directory, as for every reader.
  const daemon = await startDaemon({
    dataDir: join(folder.path, "data"),
    port,
    env: { ...env, SHEETWIRE_ADMIN_TOKEN: "" },
  });
  const [, googleUrl, workbook] = /Sample sheet (\S+)\/workbook\/(\S+)/.exec(daemon.output())!;
  const running: Running[] = [];
  const app = join(folder.path, MODULES);
  mkdirSync(app);
  for (const part of CHECKOUT) symlinkSync(join(root, part), join(folder.path, part));
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify(APP_TSCONFIG));

  function start(command: readonly string[], cwd: string): Running {
    const one = startRunning(command, cwd);
    running.push(one);
    return one;
  }

  async function google<T>(path: string, body: object): Promise<T> {
    const headers = { "Content-Type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${googleUrl}/emulator/${path}`, request);
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as T;
  }

  async function edit(action: keyof Person, ...args: readonly unknown[]): Promise<void> {
    await google(`workbooks/${workbook}/person`, { do: action, args: [PRICE_LIST, ...args] });
  }

  return {
    daemon,
    google,
    googleUrl: googleUrl!,
    async shell(code) {
      const command = ["bash", "-e", "-c", asPrinted(code)];
      const child = Bun.spawn(command, {
        cwd: folder.path,
        // Where the command line looks for the daemon.
        env: { ...process.env, SHEETWIRE_PORT: String(port) },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()] as const;
      const [output, errors] = await Promise.all(texts);
      if ((await child.exited) !== 0) throw new Error(`exit ${child.exitCode}: ${errors}${output}\n${code}`);
      return output;
    },
    background: (code) => start(["bash", "-c", asPrinted(code)], folder.path),
    module(name, code) {
      writeFileSync(join(app, name), asPrinted(code));
      return start([process.execPath, name], app);
    },
    async open(browser, url) {
      const address = asPrinted(url);
      await waitFor(() => answers(address), ANSWER_MS_MAX);
      const page = await (await browser.newContext()).newPage();
      await page.goto(address);
      return page;
    },
    async typeErrors() {
      const child = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", app], { stdout: "pipe" });
      return new Response(child.stdout).text();
    },
    write: (file, text) => writeFileSync(join(folder.path, file), asPrinted(text)),
    type: (cell, text) => edit("setCell", cell, text),
    async insertRow(at, typed) {
      await edit("insertRows", at);
      await edit("setCells", `A${at + 1}`, [typed]);
    },
    deleteRow: (at) => edit("deleteRows", at),
    async [Symbol.asyncDispose]() {
      for (const one of running) await one.stop();
      await daemon.kill("SIGKILL");
      folder[Symbol.dispose]();
    },
  };
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(address)).ok;
  } catch {
    return false;
  }
}

/** A reader has the packages by npm; here they are this project's sources. */
const APP_TSCONFIG = {
  compilerOptions: {
    target: "ESNext",
    module: "Preserve",
    moduleResolution: "bundler",
    lib: ["ESNext", "DOM", "DOM.Iterable"],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    jsx: "react-jsx",
    paths: {
      "@sheetwire/client": [join(root, "client-sdk/src/index.ts")],
      "@sheetwire/client/*": [join(root, "client-sdk/src/*.ts")],
    },
  },
  include: ["*.ts", "*.tsx"],
};
