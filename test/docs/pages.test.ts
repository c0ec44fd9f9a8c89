/** Every page of docs/, followed from its first code block to its last against a daemon with the sample. */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { waitFor } from "../support/daemon-process.ts";
import { createReader, type Reader } from "./reader.ts";
import { walk } from "./walk.ts";

/** Blocks that are not run as they are, with the reason. */
const NOT_RUN: Readonly<Record<string, readonly (readonly [block: RegExp, why: string])[]>> = {
  "security.md": [
    [/"iss": /, "what another issuer signs; tests of tokens sign the same"],
    [/^# nginx/, "there is no nginx here; tests of addresses behind a proxy send its headers"],
  ],
};
const CONTENT_MS_MAX = 30_000;
const WALK_MS_MAX = 40_000;

const pages = readdirSync(resolve(import.meta.dir, "../../docs")).filter((name) => name.endsWith(".md"));

/** From when on the sample's rows are there. */
async function content(reader: Reader): Promise<boolean> {
  const rows = "http://127.0.0.1:8787/datasources/demo/tabs/Price%20list/rows?limit=1";
  const look = `curl -s -H "Authorization: Bearer $(cat data/admin-token)" "${rows}"`;
  return waitFor(async () => (await reader.shell(look)).includes("TE-100"), CONTENT_MS_MAX);
}

for (const page of pages) {
  test(
    `DOC-9 docs/${page}: commands run, answers are as printed, programs print what they say and are right for the checker`,
    async () => {
      await using reader = await createReader({});
      expect(await content(reader)).toBe(true);
      const listed = NOT_RUN[page] ?? [];
      const { left, unused, typeErrors } = await walk(
        reader,
        `docs/${page}`,
        listed.map(([block]) => block),
      );
      expect(left).toEqual([]);
      expect(unused).toEqual([]);
      expect(typeErrors).toBe("");
    },
    WALK_MS_MAX,
  );
}
