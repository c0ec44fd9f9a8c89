import { describe, expect, test } from "bun:test";
import { createMemoryStore } from "../../src/backend/memory.ts";
import { createStage, shop, source } from "./stage.ts";

const PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIsecret\n-----END PRIVATE KEY-----\n";
const secrets = {
  apiKey: "AIza-very-secret-wxyz",
  headers: { Authorization: "Bearer header-secret-1234", "X-Short": "tiny" },
  credentials: {
    type: "serviceAccount",
    key: { client_email: "robot@project.test", private_key: PRIVATE_KEY },
  },
};

describe("secrets of a source", () => {
  test("REG-24 secrets are stored sealed and never answered: only their last four characters", async () => {
    const { call, store, logs } = createStage();
    const bodies = [
      await (await call("POST", "/datasources/register", { ...shop, ...secrets })).text(),
      await (await call("PUT", "/datasources/shop/update", { name: "Store" })).text(),
      await (await call("GET", "/datasources")).text(),
      await (await call("GET", "/datasources/shop")).text(),
      JSON.stringify(logs),
      JSON.stringify([...store.keys]),
    ];
    for (const body of bodies) {
      for (const secret of ["very-secret", "header-secret", "MIIsecret", "tiny"])
        expect(body).not.toContain(secret);
    }
    expect(await source(await call("GET", "/datasources/shop"))).toMatchObject({
      apiKeyHint: "wxyz",
      headerHints: { Authorization: "1234", "X-Short": "" },
      credentials: { type: "serviceAccount", hint: "robot@project.test" },
    });
  });

  test("REG-25 sealed under another master key, a source says so, the others run, and new credentials mend it", async () => {
    const store = createMemoryStore();
    const before = createStage({ store });
    await before.call("POST", "/datasources/register", { ...shop, ...secrets });
    await before.call("POST", "/datasources/register", { ...shop, id: "open" });

    const after = createStage({ store, masterKey: 2 });
    await after.registry.start();
    expect(after.supervisor.told).toEqual(["start open"]);
    expect(await source(await after.call("GET", "/datasources/shop"))).toMatchObject({
      state: "failed",
      error: { code: "secrets-unreadable", fix: expect.stringContaining("master key") },
    });
    const mended = await source(
      await after.call("PUT", "/datasources/shop/update", { apiKey: "AIza-new-secret-abcd" }),
    );
    expect(mended).toMatchObject({ state: "loading", apiKeyHint: "abcd" });
    expect(mended).not.toHaveProperty("error");
    expect(after.supervisor.running.get("shop")).toMatchObject({ apiKey: "AIza-new-secret-abcd" });
  });

  test("REG-26 a mistake in a secret is answered without repeating it", async () => {
    const { call } = createStage();
    const wrong = {
      ...shop,
      apiKey: ["very-secret"],
      headers: { "X-A": "line\nbreak-secret" },
      credentials: "very-secret-credentials",
    };
    const first = await call("POST", "/datasources/register", wrong);
    expect(first.status).toBe(400);
    expect(await first.text()).not.toContain("secret");
    const second = await call("POST", "/datasources/register", { ...shop, headers: wrong.headers });
    expect(second.status).toBe(400);
    expect(await second.text()).not.toContain("secret");
  });
});
