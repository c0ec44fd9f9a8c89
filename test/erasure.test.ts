/** What is left of a source and of an account that somebody has deleted: the audit's word, and nothing else. */
import { expect, test } from "bun:test";
import type { AuditAnswer } from "#contract/audit.ts";
import type { MemoryStore } from "../src/backend/memory.ts";
import { ANN, createStage } from "./registry/accounts/stage.ts";

/** All that is kept, as text: keys, values, documents' names and updates; Yjs keeps text as UTF-8. */
function keptOf({ keys, logs }: MemoryStore): string {
  const texts = [...keys].filter(([key]) => !key.startsWith("audit/")).map(([key, { json }]) => key + json);
  for (const [name, entries] of logs) {
    texts.push(name, ...entries.map(({ update }) => Buffer.from(update).toString("latin1")));
  }
  return texts.join("\n");
}

test("AUD-9 deleting a source erases its rows, secrets, views and tokens, and the audit says so", async () => {
  const stage = await createStage();
  const { call, connect, register, emulator, clock, store } = stage;
  const { id: account } = await connect();
  expect((await register("doomed", account, { apiKey: "AIza-very-secret-wxyz" })).status).toBe(201);
  emulator.person("workbook-of-doomed").setCell("Prices", "A2", "a distinctive cell");
  const view = { source: "doomed", tab: "Prices", name: "narrow", columns: ["sku"] };
  await clock.advance(20_000);
  expect((await call("POST", "/api/v1/views", view)).status).toBe(201);
  const rows = await call("GET", "/datasources/doomed/tabs/Prices/rows?view=narrow");
  expect(await rows.text()).toContain("a distinctive cell");
  const scopes = [{ action: "read", source: "doomed" }];
  await call("POST", "/api/v1/tokens", { name: "page", scopes });
  await clock.advance(10_000);
  expect(keptOf(store)).toContain("a distinctive cell");
  expect((await call("DELETE", "/datasources/doomed/delete")).status).toBe(204);
  await clock.advance(60_000);
  for (const trace of ["doomed", "a distinctive cell", "narrow"]) {
    expect([trace, keptOf(store).includes(trace)]).toEqual([trace, false]);
  }
  const said: AuditAnswer = await (await call("GET", "/api/v1/audit?target=source/doomed")).json();
  expect(said.entries.map(({ subject, action }) => `${subject} ${action}`)).toEqual([
    "admin source.delete",
    "daemon source.erased",
    "admin source.register",
  ]);
  await stage.close();
});

test("AUD-10 disconnecting an account erases it and its tokens, and the audit tells who connected and who ended it", async () => {
  const stage = await createStage();
  const { call, connect, store, clock } = stage;
  const { id, subject } = await connect();
  expect(keptOf(store)).toContain(ANN);
  expect((await call("DELETE", `/api/v1/accounts/${id}`)).status).toBe(200);
  // What is left of the consent is forgotten with its state.
  await clock.advance(3_600_000);
  for (const trace of [ANN, subject, id]) {
    expect([trace, keptOf(store).includes(trace)]).toEqual([trace, false]);
  }
  const said: AuditAnswer = await (await call("GET", "/api/v1/audit?action=account")).json();
  expect(said.entries.map(({ action, target, address }) => [action, target, address])).toEqual([
    ["account.disconnect", `account/${id}`, "10.0.0.1"],
    ["account.connected", `account/${id}`, "10.0.0.2"],
    ["account.connect", undefined, "10.0.0.1"],
  ]);
  await stage.close();
});
