/** A month of editors, each another Yjs client, through the daemon and the sheet and back. */
import { expect, test } from "bun:test";
import * as Y from "yjs";
import { EDITS } from "#contract/edits.ts";
import type { CreatedTokenAnswer } from "#contract/tokens.ts";
import { createShopStage, SECOND } from "./support/shop-stage.ts";

const DAYS = 30;
const GROUPS_A_DAY = 3;
const AT_ONCE = 10;
const DAY_MS = 86_400_000;
const TOKENS = 20;

test("EDT-23 of a month of editors, through the sheet and back, nothing is left in the mirror's state vector but the daemon's starts", async () => {
  const stage = await createShopStage({ pollingInterval: 3_600_000 });
  const tokens: string[] = [];
  for (let n = 0; n < TOKENS; n++) {
    const body = { name: `editor ${n}`, scopes: [{ action: "write", source: "shop" }] };
    tokens.push((await stage.call<CreatedTokenAnswer>("POST", "/api/v1/tokens", body)).token);
  }
  const vector = async (): Promise<ReadonlyMap<number, number>> => {
    const reader = stage.read();
    await stage.clock.advance(SECOND);
    return Y.decodeStateVector(Y.encodeStateVector(reader));
  };
  const bytes: number[] = [];
  let [editors, starts] = [0, 1];
  for (let day = 0; day < DAYS; day++) {
    for (let group = 0; group < GROUPS_A_DAY; group++) {
      const docs = Array.from({ length: AT_ONCE }, () => new Y.Doc());
      const leaves = docs.map((doc) => stage.join(doc, tokens[editors++ % TOKENS]));
      await stage.clock.settle();
      docs.forEach((doc, at) => {
        doc.getMap(EDITS).set(`${1 + (at % 3)}:1`, { value: editors + at });
      });
      await stage.clock.advance(10 * SECOND);
      expect(docs.every((doc) => doc.getMap(EDITS).size === 0)).toBe(true);
      for (const leave of leaves) leave();
    }
    if (day % 7 === 6) {
      stage.kill();
      await stage.start();
      starts++;
    }
    const reader = stage.read();
    await stage.clock.advance(DAY_MS / 24);
    bytes.push(Y.encodeStateAsUpdate(reader).length);
  }
  expect(editors).toBe(DAYS * GROUPS_A_DAY * AT_ONCE);
  expect(stage.sheet().map(([, price]) => price)).toEqual([editors + 9, editors + 7, editors + 8]);
  const writers = [...(await vector()).keys()].sort((a, b) => a - b);
  expect(writers).toEqual(Array.from({ length: starts }, (_, start) => start + 1));
  // The mirror does not grow with those who were there.
  expect(Math.max(...bytes.slice(-7))).toBeLessThan(2.5 * Math.max(...bytes.slice(0, 3)));
  await stage.close();
}, 120_000);
