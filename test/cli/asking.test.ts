/** Commands that ask a running daemon: each one's good path, and what it ends with where there is none. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DaemonProcess, freePort, startDaemon, TEST_TOKEN } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";
import { commandsFor, type Run, runCommand, sampleRead, spawnCommand } from "./command.ts";

const TAB = "demo/Price list";
const dir = tempDir();
let daemon: DaemonProcess;
let feed: ReturnType<typeof Bun.serve>;
let run: (...args: string[]) => Promise<Run>;

beforeAll(async () => {
  feed = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      Response.json([
        { id: "a", note: "plain" },
        { id: "b", note: "\u001b[2Jcleared\u202e" },
      ]),
  });
  daemon = await startDaemon({
    dataDir: join(dir.path, "data"),
    port: freePort(),
    env: { SHEETWIRE_ALLOW_PRIVATE: "127.0.0.1" },
  });
  run = commandsFor(daemon);
  await sampleRead(daemon);
});
afterAll(async () => {
  await daemon.kill("SIGTERM");
  await feed.stop(true);
  dir[Symbol.dispose]();
});

const json = ({ out }: Run) => JSON.parse(out);
const problem = ({ err }: Run) => JSON.parse(err);

describe("failures", () => {
  test("CLI-2 each kind of failure has its code and says how to go on", async () => {
    const nowhere = `http://127.0.0.1:${freePort()}`;
    const asked = [
      [await run("sources", "show", "nothing"), 3, "nothing"],
      [await run("get", "demo/No such tab"), 3, "No such tab"],
      [await run("get", TAB, "NO-SUCH-KEY"), 3, "NO-SUCH-KEY"],
      [await run("get", TAB, "--where", "Price <"), 2, "where"],
      [await run("sources", "list", "--token", "wrong"), 4, "token"],
      [await run("sources", "list", "--url", nowhere), 6, nowhere],
      [await run("tail", TAB, "--url", nowhere), 6, nowhere],
    ] as const;
    expect(asked.map(([{ code }]) => code)).toEqual(asked.map(([, code]) => code));
    for (const [{ out, err }, , named] of asked) {
      expect(out).toBe("");
      expect(err).toStartWith("error: ");
      expect(err).toContain(named);
    }
  });

  test("CLI-2 with --json a failure is one line of problem details with the exit code", async () => {
    const failed = await run("sources", "show", "nothing", "--json");
    expect([failed.code, failed.out]).toEqual([3, ""]);
    expect(failed.err.trim().split("\n")).toHaveLength(1);
    expect(problem(failed)).toMatchObject({
      type: "urn:sheetwire:problem:unknown-source",
      status: 404,
      exitCode: 3,
    });
    expect(problem(await run("sources", "shw", "--json"))).toMatchObject({ exitCode: 2 });
    expect(problem(await run("get", TAB, "--json", "--token", "wrong"))).toMatchObject({ exitCode: 4 });
  });

  test("CLI-2 a token that may read alone does not administer", async () => {
    const made = await run("tokens", "make", "reader", "--scope", "read:demo");
    const env = { SHEETWIRE_URL: daemon.url, SHEETWIRE_TOKEN: made.out.trim() };
    expect((await runCommand(["sources", "list"], { env })).code).toBe(4);
    expect((await runCommand(["get", TAB, "TE-100", "Product", "--by", "SKU"], { env })).out).toBe(
      "Larkspur 2\n",
    );
    const unnamed = await runCommand(["get", TAB, "TE-100"], { env });
    expect([unnamed.code, unnamed.err]).toEqual([2, expect.stringContaining("--by COLUMN")]);
  });
});

describe("sources", () => {
  test("CLI-8 a feed is tried, added, shown, paused, resumed and removed", async () => {
    const url = `${feed.url}items`;
    const tried = await run("sources", "add", url, "--dry-run", "--json");
    expect(tried.code).toBe(0);
    expect(json(tried).tabs[0].rowCount).toBe(2);
    expect((await run("sources", "show", "goods")).code).toBe(3);

    const added = await run("sources", "add", url, "--id", "goods", "--name", "Goods", "--json");
    expect(added.code).toBe(0);
    expect(json(added)).toMatchObject({ id: "goods", type: "external", state: "live" });
    const listed = json(await run("sources", "list", "--json")) as { id: string }[];
    expect(listed.map(({ id }) => id).sort()).toEqual(["demo", "goods"]);
    expect((await run("sources", "list")).out).toContain("goods");
    expect(json(await run("sources", "pause", "goods", "--json")).state).toBe("paused");
    expect(json(await run("sources", "resume", "goods", "--json")).state).not.toBe("paused");
    expect((await run("sources", "poll", "goods")).code).toBe(0);

    const removed = await run("sources", "remove", "goods", "--yes");
    expect([removed.code, removed.out]).toEqual([0, ""]);
    expect((await run("sources", "show", "goods")).code).toBe(3);
  });

  test("CLI-8 the whole request may come from a file or standard input; one that cannot be read says why", async () => {
    const file = join(dir.path, "source.json");
    writeFileSync(
      file,
      JSON.stringify({ id: "from-file", name: "From a file", url: `${feed.url}a`, type: "external" }),
    );
    expect(json(await run("sources", "add", "--from", file, "--json")).name).toBe("From a file");
    const env = { SHEETWIRE_URL: daemon.url, SHEETWIRE_TOKEN: TEST_TOKEN };
    const stdin = JSON.stringify({ id: "from-stdin", name: "Piped", url: `${feed.url}b`, type: "external" });
    const piped = await runCommand(["sources", "add", "--from", "-", "--json"], { env, stdin });
    expect(json(piped).id).toBe("from-stdin");
    for (const id of ["from-file", "from-stdin"]) await run("sources", "remove", id, "--yes");

    expect(await run("sources", "add")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--from FILE"),
    });
    const closed = `http://127.0.0.1:${freePort()}/`;
    const failed = await run("sources", "add", closed, "--dry-run");
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining("error: ")]);
  });

  test("CLI-5 off a terminal what destroys asks nothing and needs --yes", async () => {
    const refused = await run("sources", "remove", "demo");
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("--yes")]);
    expect((await run("sources", "show", "demo")).code).toBe(0);
    expect(await run("tokens", "revoke", "x")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--yes"),
    });
  });
});

describe("rows", () => {
  test("CLI-9 rows come as CSV off a terminal, as JSON or NDJSON where asked, filtered and in order", async () => {
    const csv = await run("get", TAB, "--columns", "SKU,Price", "--limit", "2");
    expect(csv.out).toMatch(/^SKU,Price\r?\nTE-100,[\d.]+\r?\nTE-107,[\d.]+\r?\n$/);
    expect((await run("get", TAB, "--limit", "1", "--csv")).out).toStartWith("SKU,Product,");
    const asked = ["get", TAB, "--where", "Category = 'Tents'", "--order", "Price desc", "--limit", "3"];
    const { rows } = json(await run(...asked, "--json")) as { rows: { Price: number; Category: string }[] };
    expect(rows.map(({ Category }) => Category)).toEqual(["Tents", "Tents", "Tents"]);
    expect(rows.map(({ Price }) => Price)).toEqual(rows.map(({ Price }) => Price).sort((a, b) => b - a));
    const lines = (await run(...asked, "--ndjson")).out.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
    expect((await run("get", TAB, "--csv", "--json")).code).toBe(2);
  });

  test("CLI-9 a row is named by its key, by another column or by its id, and a cell by its column", async () => {
    const row = json(await run("get", TAB, "TE-100", "--json"));
    expect(row).toMatchObject({ SKU: "TE-100", Product: "Larkspur 2" });
    expect((await run("get", TAB, `@${row.$row}`, "SKU")).out).toBe("TE-100\n");
    expect((await run("get", TAB, "Larkspur 2", "SKU", "--by", "Product")).out).toBe("TE-100\n");
    expect(json(await run("get", TAB, "TE-100", "Product", "--json"))).toBe("Larkspur 2");
    expect(await run("get", TAB, "TE-100", "Prise")).toMatchObject({
      code: 3,
      err: expect.stringContaining('"Price"'),
    });
    const several = await run("get", TAB, "Tents", "SKU", "--by", "Category");
    expect([several.code, several.err]).toEqual([1, expect.stringContaining(`@${row.$row}`)]);
  });

  test("CLI-22 control characters of cells are written out in text for people", async () => {
    await run("sources", "add", `${feed.url}items`, "--id", "hostile", "--key", "id");
    const tab = (json(await run("sources", "show", "hostile", "--json")) as { tabs: { name: string }[] })
      .tabs[0]!.name;
    const shown = await run("get", `hostile/${tab}`, "b", "note");
    expect(shown.out).toBe("\\u001b[2Jcleared\\u202e\n");
    await run("sources", "remove", "hostile", "--yes");
  });

  test("CLI-12 types are the tab's, appear whole in a file, and are compared", async () => {
    const text = (await run("types", TAB)).out;
    expect(text).toContain("export interface DemoPriceList");
    expect(text).toContain("readonly Price: number | CellError | null;");
    const file = join(dir.path, "types", "prices.ts");
    expect(await run("types", TAB, "--out", file)).toMatchObject({ code: 1 });
    const here = join(dir.path, "prices.ts");
    expect(await run("types", TAB, "--out", here, "--check")).toMatchObject({ code: 1 });
    expect(existsSync(here)).toBe(false);
    expect(await run("types", TAB, "--out", here)).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(here, "utf8")).toBe(text);
    expect((await run("types", TAB, "--out", here, "--check")).code).toBe(0);
    expect(readdirSync(dir.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("edits", () => {
  test("CLI-10 set answers once the sheet has the value, as its column holds values", async () => {
    const receipt = json(await run("set", TAB, "TE-107", "Price", "131.5", "--json"));
    expect(receipt).toMatchObject({ state: "confirmed", value: 131.5 });
    expect((await run("get", TAB, "TE-107", "Price")).out).toBe("131.5\n");
    expect(await run("set", TAB, "TE-107", "Updated", "2026-06-01")).toMatchObject({ code: 0 });
    expect((await run("get", TAB, "TE-107", "Updated")).out).toBe("46174\n");
    const wrong = await run("set", TAB, "TE-107", "Price", "cheap");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("--as")]);
  });

  test("CLI-10 CLI-14 a conflict ends with 5, is listed, and is resolved", async () => {
    const lost = await run("set", TAB, "TE-114", "Price", "1", "--base", "2", "--json");
    expect(lost.code).toBe(5);
    expect(json(lost)).toMatchObject({ state: "conflict", theirs: 163.95 });
    expect(problem(lost)).toMatchObject({ exitCode: 5 });
    const { record } = json(lost) as { record: string };
    const open = json(await run("conflicts", "list", "--state", "open", "--json")) as { id: string }[];
    expect(open.map(({ id }) => id)).toContain(record);
    expect((await run("conflicts", "list")).out).toContain(record);
    expect((await run("conflicts", "resolve", record, "yours")).code).toBe(2);
    expect((await run("conflicts", "resolve", "no-such-conflict", "mine")).code).toBe(3);
    expect((await run("conflicts", "resolve", record, "theirs")).code).toBe(0);
    expect((await run("conflicts", "resolve", record, "mine")).code).toBe(5);
  });

  test("CLI-10 a refused edit ends with 5 and the daemon's reason", async () => {
    const refused = await run("set", TAB, "TE-100", "Sale price", "1");
    expect([refused.code, refused.out]).toEqual([5, ""]);
    expect(refused.err).toContain("refused");
  });

  test("CLI-11 tail gives each change as a line of JSON, and the rows first where asked", async () => {
    const env = { SHEETWIRE_URL: daemon.url, SHEETWIRE_TOKEN: TEST_TOKEN };
    const child = spawnCommand(["tail", TAB, "--limit", "1"], { env });
    const reader = child.stderr.getReader();
    // It says so once the daemon has answered.
    expect(new TextDecoder().decode((await reader.read()).value)).toContain("Following");
    await run("set", TAB, "TE-121", "Price", "12.25");
    const event = JSON.parse(await new Response(child.stdout).text());
    expect(await child.exited).toBe(0);
    expect(event).toMatchObject({ event: "change", changed: [{ Price: 12.25 }] });

    const all = await runCommandUntilLine(["tail", TAB, "--rows", "--json"], env);
    expect(all).toMatchObject({ event: "reset" });
    expect((all.rows as unknown[]).length).toBeGreaterThan(40);
  });
});

describe("tokens", () => {
  test("CLI-13 CLI-6 a token is printed once, works, is listed without itself, and is revoked", async () => {
    const made = await run(
      "tokens",
      "make",
      "screen",
      "--scope",
      `read:${TAB}`,
      "--ttl",
      "1h",
      "--user",
      "lobby",
    );
    const token = made.out.trim();
    expect(token).toMatch(/^sw_\S+$/);
    expect(made.err).not.toContain(token);
    const listed = await run("tokens", "list", "--json");
    const [mine] = (json(listed) as { id: string; name: string; scopes: object[] }[]).filter(
      ({ name }) => name === "screen",
    );
    expect(mine?.scopes).toEqual([{ action: "read", source: "demo", tab: "Price list" }]);
    expect(listed.out + (await run("tokens", "list")).out).not.toContain(token);
    const env = { SHEETWIRE_URL: daemon.url, SHEETWIRE_TOKEN: token };
    const read = () => runCommand(["get", TAB, "--limit", "1"], { env });
    expect((await read()).code).toBe(0);
    expect((await run("tokens", "revoke", mine!.id, "--yes")).code).toBe(0);
    expect((await read()).code).toBe(4);
    expect((await run("tokens", "make", "x", "--scope", "raed")).code).toBe(2);
    expect((await run("tokens", "make", "x", "--scope", `read:${TAB}@a@b`)).code).toBe(2);
    const narrow = await run(
      "tokens",
      "make",
      "narrow",
      "--json",
      "--scope",
      `read:${TAB}@bargains`,
      "--scope",
      "read:demo/a%40b",
    );
    expect(json(narrow)).toMatchObject({
      scopes: [
        { action: "read", source: "demo", tab: "Price list", view: "bargains" },
        { action: "read", source: "demo", tab: "a@b" },
      ],
    });
    expect((await run("tokens", "make", "x", "--ttl", "soon")).code).toBe(2);
  });
});

/** The first line that a command prints; it is ended then. */
async function runCommandUntilLine(
  args: string[],
  env: Record<string, string>,
): Promise<Record<string, unknown>> {
  const child = spawnCommand(args, { env });
  let text = "";
  for await (const part of child.stdout) {
    text += new TextDecoder().decode(part);
    if (text.includes("\n")) break;
  }
  child.kill("SIGTERM");
  await child.exited;
  return JSON.parse(text.slice(0, text.indexOf("\n")));
}
