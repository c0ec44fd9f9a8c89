import { describe, expect, test } from "bun:test";
import type { FeedAuth } from "#contract/feed.ts";
import type { NetRequest } from "../../../src/runtime/net.ts";
import { createTestFeed, FEED_URL, json } from "./test-feed.ts";

const rows = [{ id: 1 }];
const redirect = (location: string, status = 302) => new Response(null, { status, headers: { location } });

async function requestWith(auth: FeedAuth): Promise<NetRequest> {
  const feed = createTestFeed(() => json(rows), { auth });
  await feed.poll();
  return feed.net.requests[0]!;
}

describe("signing in", () => {
  test("FEE-26 by a key, a token, or a name and password", async () => {
    const key = { type: "apiKey", key: "k3y", name: "X-Key" } as const;
    expect((await requestWith({ ...key, in: "header" })).headers).toMatchObject({ "x-key": "k3y" });
    expect((await requestWith({ ...key, in: "query" })).url).toBe(`${FEED_URL}?X-Key=k3y`);
    expect((await requestWith({ type: "bearer", token: "t" })).headers.authorization).toBe("Bearer t");
    const basic = await requestWith({ type: "basic", username: "me", password: "p:ä" });
    expect(basic.headers.authorization).toBe(`Basic ${Buffer.from("me:p:ä").toString("base64")}`);
    const short = createTestFeed(() => json(rows), {
      apiKey: "k3y",
      headers: { "Accept-Language": "en", ACCEPT: "x/y" },
    });
    await short.poll();
    expect(short.net.requests[0]!.headers).toMatchObject({
      "x-api-key": "k3y",
      "accept-language": "en",
      accept: "x/y",
    });
  });

  test("FEE-25 redirects are followed; credentials stay at the feed's origin", async () => {
    const feed = createTestFeed(
      ({ url }) => {
        if (url.startsWith(FEED_URL)) return redirect("/moved", 308);
        return url.startsWith("https://feeds.test/moved") ? redirect("https://cdn.test/file") : json(rows);
      },
      { auth: { type: "apiKey", key: "k3y", in: "query", name: "key" }, headers: { "X-Own": "o" } },
    );
    await feed.poll();
    const [first, second, third] = feed.net.requests;
    expect([first!.url, second!.url]).toEqual([`${FEED_URL}?key=k3y`, "https://feeds.test/moved?key=k3y"]);
    expect(second!.headers["x-own"]).toBe("o");
    expect(third!.url).toBe("https://cdn.test/file");
    expect(third!.headers).not.toHaveProperty("x-own");
  });

  test("FEE-25 redirects are bounded, and one without a target is told", async () => {
    const endless = createTestFeed(() => redirect(FEED_URL));
    expect(await endless.fail()).toMatchObject({
      tag: "Malformed",
      detail: expect.stringContaining("5 times"),
    });
    expect(endless.net.requests).toHaveLength(6);
    expect(await createTestFeed(() => new Response(null, { status: 302 })).fail()).toMatchObject({
      tag: "Malformed",
    });
  });

  test("FEE-31 redirects, next pages and the token endpoint are asked through the guarded network", async () => {
    const inside = "http://169.254.169.254/latest/meta-data";
    const redirected = createTestFeed(() => redirect(inside));
    expect(await redirected.fail()).toMatchObject({ tag: "Forbidden" });
    const paged = createTestFeed(() => json({ items: rows, next: inside }), {
      pagination: { type: "cursor", path: "$.next" },
    });
    expect(await paged.fail()).toMatchObject({
      tag: "Forbidden",
      fix: expect.stringContaining("SHEETWIRE_ALLOW_PRIVATE"),
    });
    for (const feed of [redirected, paged]) expect(feed.net.requests).toHaveLength(1);
    const scheme = createTestFeed(() => redirect("file:///etc/passwd"));
    expect(await scheme.fail()).toMatchObject({ tag: "Forbidden" });
    const named = createTestFeed(() => json(rows), {
      auth: { ...oauth, tokenUrl: "https://inside.test/token" },
    });
    named.resolver.set("inside.test", ["10.0.0.1"]);
    expect(await named.fail()).toMatchObject({ tag: "Forbidden" });
    expect(named.net.requests).toEqual([]);
    const rebound = createTestFeed(() => json(rows));
    rebound.resolver.set("feeds.test", ["8.8.8.8"], ["127.0.0.1"]);
    await rebound.poll();
    expect(rebound.net.requests).toMatchObject([{ connectTo: "8.8.8.8" }]);
    expect(await rebound.fail()).toMatchObject({ tag: "Forbidden" });
  });
});

const oauth = {
  type: "oauth2",
  tokenUrl: "https://login.test/token",
  clientId: "id:1",
  clientSecret: "s3cret word",
  scope: "read",
} as const;

describe("OAuth 2 client credentials", () => {
  function createSetup(more: Partial<typeof oauth & { clientAuth: "body"; audience: string }> = {}) {
    let issued = 0;
    const good = new Set<string>();
    const far = {
      token(): Response {
        const token = `token-${++issued}`;
        good.add(token);
        return json({ access_token: token, token_type: "Bearer", expires_in: 600 });
      },
    };
    const feed = createTestFeed(
      ({ url, headers }) => {
        if (url === oauth.tokenUrl) return far.token();
        const token = headers.authorization?.slice("Bearer ".length) ?? "";
        return good.has(token) ? json(rows) : new Response(null, { status: 401 });
      },
      { auth: { ...oauth, ...more } },
    );
    return { good, far, feed };
  }
  const tokenRequests = ({ feed }: ReturnType<typeof createSetup>) =>
    feed.net.requests.filter(({ url }) => url === oauth.tokenUrl);

  test("FEE-27 a token serves until it ends", async () => {
    const setup = createSetup();
    await setup.feed.poll();
    await setup.feed.poll();
    expect(tokenRequests(setup)).toHaveLength(1);
    const [request] = tokenRequests(setup);
    expect(request).toMatchObject({ method: "POST", body: "grant_type=client_credentials&scope=read" });
    expect(request!.headers.authorization).toBe(
      `Basic ${Buffer.from("id%3A1:s3cret+word").toString("base64")}`,
    );
    await setup.feed.clock.advance(571_000);
    await setup.feed.poll();
    expect(tokenRequests(setup)).toHaveLength(2);
  });

  test("FEE-27 id and secret travel in the body where the server wants that", async () => {
    const setup = createSetup({ clientAuth: "body", audience: "api" });
    await setup.feed.poll();
    const [request] = tokenRequests(setup);
    expect(request!.headers).not.toHaveProperty("authorization");
    expect(Object.fromEntries(new URLSearchParams(String(request!.body)))).toEqual({
      grant_type: "client_credentials",
      scope: "read",
      audience: "api",
      client_id: "id:1",
      client_secret: "s3cret word",
    });
  });

  test("FEE-27 a refused token is replaced once in a poll", async () => {
    const setup = createSetup();
    await setup.feed.poll();
    setup.good.clear();
    await setup.feed.poll();
    expect(tokenRequests(setup)).toHaveLength(2);
    setup.good.clear();
    setup.far.token = () => json({ access_token: "never good" });
    expect(await setup.feed.fail()).toMatchObject({ tag: "Unauthorized" });
    expect(tokenRequests(setup)).toHaveLength(3);
  });

  test("FEE-27 an endpoint that gives no token is told", async () => {
    const failing = async (response: Response) => {
      const setup = createSetup();
      setup.far.token = () => response;
      return setup.feed.fail();
    };
    const refused = Response.json(
      { error: "invalid_client", error_description: "s3cret word" },
      { status: 401 },
    );
    expect(await failing(refused)).toMatchObject({
      tag: "Unauthorized",
      detail: expect.stringContaining("invalid_client"),
    });
    expect(await failing(new Response("<html>"))).toMatchObject({ tag: "Unauthorized" });
    expect(await failing(new Response(null, { status: 502 }))).toMatchObject({ tag: "Unreachable" });
    expect(await failing(new Response(null, { status: 429, headers: { "retry-after": "9" } }))).toEqual({
      tag: "RateLimited",
      retryAfterMs: 9_000,
    });
  });
});

describe("secrets", () => {
  test("FEE-30 no error and no revision holds a secret or the query of a link", async () => {
    const auths: FeedAuth[] = [
      { type: "apiKey", key: "hidden-1", in: "query", name: "k" },
      { type: "apiKey", key: "hidden-2", in: "header", name: "k" },
      { type: "bearer", token: "hidden-3" },
      { type: "basic", username: "u", password: "hidden-4" },
      { ...oauth, clientSecret: "hidden-5" },
    ];
    const answers = [
      ...[400, 401, 403, 404, 429, 500, 503, 302].map((status) => () => new Response("hidden?", { status })),
      () => redirect("http://127.0.0.1/?hidden=7"),
      () => redirect("https://feeds.test/?hidden=7"),
      () => new Response("<html><title>Sign in</title></html>"),
      () => ({ tag: "Unreachable", detail: "refused" }) as const,
      () => ({ tag: "TimedOut", timeoutMs: 5 }) as const,
    ];
    for (const auth of auths) {
      for (const answer of answers) {
        const feed = createTestFeed(
          ({ url }) => (url === oauth.tokenUrl ? json({ access_token: "hidden-6" }) : answer()),
          { auth, url: `${FEED_URL}?hidden=8`, headers: { "X-Own": "hidden-9" } },
        );
        expect(JSON.stringify([await feed.fail(), feed.logs])).not.toContain("hidden");
      }
      const good = createTestFeed(
        ({ url }) => json(url === oauth.tokenUrl ? { access_token: "hidden-6" } : rows),
        { auth, url: `${FEED_URL}?hidden=8`, headers: { "X-Own": "hidden-9" } },
      );
      await good.poll();
      expect(good.revision).not.toContain("hidden");
    }
  });
});
