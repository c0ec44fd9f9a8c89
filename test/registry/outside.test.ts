import { describe, expect, test } from "bun:test";
import { createRequestLimits } from "../../src/access/request-limits.ts";
import { createStage, problemOf } from "./stage.ts";

const APP = "https://app.example.com";

describe("pages of other origins", () => {
  const stage = () => createStage({ api: { origins: [APP] } });
  const ask = (method: string, origin: string) => ({
    Origin: origin,
    "Access-Control-Request-Method": method,
    "Access-Control-Request-Headers": "authorization",
  });

  test("ACC-43 a listed origin may ask, is told so beforehand without a token, and may read the answer", async () => {
    const { call } = stage();
    const before = await call("OPTIONS", "/datasources", undefined, {
      ...ask("PUT", APP),
      Authorization: "",
    });
    expect(before.status).toBe(204);
    expect(before.headers.get("access-control-allow-origin")).toBe(APP);
    expect(before.headers.get("access-control-allow-methods")).toContain("PUT");
    expect(before.headers.get("access-control-allow-headers")).toContain("Authorization");
    for (const path of ["/datasources", "/datasources/none", "/healthz"]) {
      const { headers } = await call("GET", path, undefined, { Origin: APP });
      expect(headers.get("access-control-allow-origin")).toBe(APP);
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      expect(headers.get("vary")).toContain("Origin");
    }
  });

  test("ACC-43 a page may send each header that REST knows, and read those of its answers", async () => {
    const { call } = stage();
    const names = (text: string | null): string[] => (text ?? "").toLowerCase().split(", ");
    const before = await call("OPTIONS", "/datasources", undefined, ask("POST", APP));
    const sent = [
      "idempotency-key",
      "if-none-match",
      "accept",
      "content-type",
      "authorization",
      "last-event-id",
    ];
    expect(names(before.headers.get("access-control-allow-headers")).sort()).toEqual(sent.sort());
    const { headers } = await call("GET", "/datasources", undefined, { Origin: APP });
    const read = ["etag", "link", "location", "content-location", "retry-after", "content-encoding"];
    expect(names(headers.get("access-control-expose-headers")).sort()).toEqual(read.sort());
  });

  test("ACC-43 other origins are told nothing, without a list all are others", async () => {
    for (const { call } of [stage(), createStage()]) {
      for (const origin of ["https://evil.example.com", "null", `${APP}.evil.test`]) {
        const before = await call("OPTIONS", "/datasources", undefined, ask("PUT", origin));
        const answer = await call("GET", "/datasources", undefined, { Origin: origin });
        for (const { headers } of [before, answer]) {
          expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
        }
      }
    }
  });
});

describe("how fast REST may be asked", () => {
  test("ACC-44 a token and an address that ask too fast are answered 429 with Retry-After, others are not", async () => {
    const { api, clock, call } = createStage({
      api: {
        limits: (clock) => ({
          token: createRequestLimits({ clock, perSecond: 1 }),
          address: createRequestLimits({ clock, perSecond: 2 }),
        }),
      },
    });
    const statuses = async (times: number) =>
      (await Promise.all(Array.from({ length: times }, () => call("GET", "/datasources")))).map(
        ({ status }) => status,
      );
    expect(await statuses(10)).toEqual(Array(10).fill(200));
    const late = await call("GET", "/datasources");
    expect([late.status, late.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await problemOf(late)).type).toBe("urn:sheetwire:problem:too-many-requests");
    expect((await call("GET", "/healthz")).status).toBe(200);
    await statuses(8);
    expect((await problemOf(await call("GET", "/healthz"))).detail).toContain("this address");
    const elsewhere = await api.handle(new Request("http://local/healthz"), "10.0.0.2");
    expect(elsewhere.status).toBe(200);
    await clock.advance(1_000);
    expect(await statuses(1)).toEqual([200]);
  });
});
