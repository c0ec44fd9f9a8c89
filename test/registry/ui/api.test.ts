import { describe, expect, test } from "bun:test";
import { createApi } from "../../../src/registry/ui/rest/api.ts";

function apiAnswering(answer: () => Response | Promise<Response>) {
  const sent: { path: string; init: RequestInit }[] = [];
  const api = createApi("s3cret", async (path, init) => {
    sent.push({ path, init });
    return answer();
  });
  return { api, sent };
}

describe("the API as the page uses it", () => {
  test("WEB-2 every request carries the token, none in its address", async () => {
    const { api, sent } = apiAnswering(() => Response.json([]));
    await api.sources();
    await api.poll("a b");
    expect(sent.map(({ path }) => path)).toEqual(["/datasources", "/datasources/a%20b/poll"]);
    for (const { init } of sent) {
      expect(new Headers(init.headers).get("Authorization")).toBe("Bearer s3cret");
    }
  });

  test("WEB-18 a deletion is an answer without a body", async () => {
    const { api, sent } = apiAnswering(() => new Response(null, { status: 204 }));
    expect(await api.remove("a b")).toEqual({ ok: true, value: null });
    expect(sent[0]).toMatchObject({ path: "/datasources/a%20b/delete", init: { method: "DELETE" } });
  });

  test("WEB-2 no answer, a refused token and a refused request are told apart", async () => {
    const down = apiAnswering(() => Promise.reject(new TypeError("fetch failed")));
    expect(await down.api.sources()).toEqual({ ok: false, error: { tag: "Unreachable" } });
    const signedOut = apiAnswering(() => Response.json({ detail: "expired" }, { status: 401 }));
    expect(await signedOut.api.sources()).toEqual({
      ok: false,
      error: { tag: "SignedOut", detail: "expired" },
    });
    const proxy = apiAnswering(() => new Response("<html>", { status: 403 }));
    expect(await proxy.api.sources()).toMatchObject({ error: { tag: "Refused", problem: { status: 403 } } });
    const gateway = apiAnswering(() => new Response("<html>", { status: 502 }));
    expect(await gateway.api.sources()).toEqual({ ok: false, error: { tag: "Unreachable" } });
  });
});
