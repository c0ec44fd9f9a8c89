/** The way from "connect" to an account, and every way that it must not go. */
import { describe, expect, test } from "bun:test";
import { ADMIN_TOKEN, ANN, createBrowser, createStage, HOME, type Stage } from "./stage.ts";

const CONNECT = "/api/v1/accounts/google/connect";
const MINUTE = 60_000;

describe("connecting an account", () => {
  test("GAC-4 connect answers where to consent: the app, the scope, PKCE with S256, a state, a lasting access", async () => {
    const { begin, call } = await createStage();
    const asked = new URL(await begin({ scope: "drive.file" })).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: "code",
      redirect_uri: `${HOME}/oauth/google/callback`,
      scope: "openid email https://www.googleapis.com/auth/drive.file",
      code_challenge_method: "S256",
      access_type: "offline",
      prompt: "consent",
    });
    expect(asked.get("state")).toHaveLength(43);
    expect(asked.get("code_challenge")).toHaveLength(43);
    const again = new URL(await begin()).searchParams;
    expect(again.get("scope")).toEndWith("/spreadsheets.readonly");
    expect(again.get("state")).not.toBe(asked.get("state"));
    expect(again.get("code_challenge")).not.toBe(asked.get("code_challenge"));
    const wrong = await call("POST", CONNECT, { scope: "drive" });
    expect([wrong.status, (await wrong.json()).errors[0].field]).toEqual([400, "scope"]);
  });

  test("GAC-4 without an app the answer says how to make one, and which address it must list", async () => {
    const { restart, call, open } = await createStage();
    await restart({ app: null });
    const answer = await call("POST", CONNECT, {});
    expect(answer.status).toBe(409);
    const { type, detail } = await answer.json();
    expect(type).toEndWith("no-google-app");
    expect(detail).toContain("SHEETWIRE_GOOGLE_CLIENT_ID");
    expect(detail).toContain(`${HOME}/oauth/google/callback`);
    expect((await open(`${HOME}/oauth/google/callback?state=x&code=y`)).status).toBe(409);
  });

  test("GAC-5 the consent leads back to a page that says so, and the account is listed without its tokens", async () => {
    const { begin, consent, open, accounts } = await createStage();
    const page = await open(consent(await begin()));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(ANN);
    const [account, ...others] = await accounts();
    expect(others).toEqual([]);
    expect(account).toMatchObject({
      provider: "google",
      email: ANN,
      scopes: ["spreadsheets.readonly"],
      state: "connected",
      sources: [],
    });
    expect(account!.id).toMatch(/^google-[0-9a-f]{16}$/);
    expect(Object.keys(account!).sort()).toEqual(
      "connectedAt email id lastRefreshAt provider scopes sources state subject".split(" "),
    );
  });

  test("GAC-5 what began before a restart ends after it", async () => {
    const { begin, consent, open, accounts, restart } = await createStage();
    const url = await begin();
    await restart();
    expect((await open(consent(url))).status).toBe(200);
    expect(await accounts()).toHaveLength(1);
  });

  test("GAC-10 several at once do not disturb each other, and the same Google user is one account", async () => {
    const { begin, consent, open, accounts } = await createStage();
    const browser = createBrowser();
    const urls = [await begin({}, browser), await begin({}, browser), await begin({}, browser)];
    const who = [ANN, "bob@example.com", ANN];
    const pages = await Promise.all(
      urls.map((url, index) => open(consent(url, { emulator_user: who[index]! }), browser)),
    );
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await accounts()).map(({ email }) => email).sort()).toEqual([ANN, "bob@example.com"]);
    expect(browser.cookies(`${HOME}/oauth/google/callback`)).toBe("");
  });
});

/** Each is given a good way back from Google and spoils it; what it answers is opened. */
interface Attack {
  readonly name: string;
  readonly rule: "GAC-6" | "GAC-8" | "GAC-9";
  readonly attack: (stage: Stage, back: URL, begun: string) => Promise<URL | string> | URL | string;
  readonly says: string;
  readonly status?: number;
}

const ATTACKS: readonly Attack[] = [
  { name: "no state", rule: "GAC-6", attack: (_, back) => without(back, "state"), says: "opened by Google" },
  {
    name: "an empty state",
    rule: "GAC-6",
    attack: (_, back) => withQuery(back, "state", ""),
    says: "opened by Google",
  },
  {
    name: "a state nobody gave out",
    rule: "GAC-6",
    attack: (_, back) => withQuery(back, "state", "A".repeat(43)),
    says: "used before, or it is not one of this daemon",
  },
  {
    name: "another daemon's state",
    rule: "GAC-6",
    async attack(_, back) {
      const other = await createStage();
      await other.clock.advance(1);
      for (let skip = 0; skip < 3; skip++) await other.begin();
      return withQuery(back, "state", new URL(await other.begin()).searchParams.get("state")!);
    },
    says: "not one of this daemon",
  },
  {
    name: "a state whose key in the storage is named",
    rule: "GAC-6",
    attack: (stage, back) =>
      withQuery(
        back,
        "state",
        [...stage.store.keys.keys()].find((key) => key.startsWith("connecting/"))!.slice(11),
      ),
    says: "not one of this daemon",
  },
  {
    name: "a state after ten minutes",
    rule: "GAC-6",
    async attack(stage, back) {
      await stage.clock.advance(10 * MINUTE);
      return back;
    },
    says: "longer than ten minutes",
  },
  {
    name: "a state that a clock set back would keep alive",
    rule: "GAC-6",
    attack(stage, back) {
      stage.clock.jumpWall(-60 * MINUTE);
      return back;
    },
    says: "longer than ten minutes",
  },
  {
    name: "no consent",
    rule: "GAC-9",
    attack: (stage, _, begun) => stage.consent(begun, { emulator_deny: "1" }),
    says: "did not allow",
  },
  {
    name: "another error of Google's",
    rule: "GAC-9",
    attack: (_, back) => withQuery(without(back, "code"), "error", "admin_policy_enforced"),
    says: "(admin_policy_enforced)",
  },
  {
    name: "an error that is markup",
    rule: "GAC-9",
    attack: (_, back) => withQuery(without(back, "code"), "error", "<script>alert(1)</script>"),
    says: "Google gave no permission.",
  },
  { name: "no code", rule: "GAC-9", attack: (_, back) => without(back, "code"), says: "no permission" },
  {
    name: "a code that Google does not know",
    rule: "GAC-8",
    attack: (_, back) => withQuery(back, "code", "4/0Aforged"),
    says: "does not take the permission back",
  },
  {
    name: "the code of another connect: its verifier is another",
    rule: "GAC-8",
    async attack(stage, back) {
      const stolen = new URL(stage.consent(await stage.begin()));
      return withQuery(back, "code", stolen.searchParams.get("code")!);
    },
    says: "does not take the permission back",
  },
  {
    name: "a box not ticked",
    rule: "GAC-9",
    attack: (stage, _, begun) =>
      stage.consent(begun, { emulator_user: ANN, emulator_scopes: "openid email" }),
    says: "was not ticked",
  },
  {
    name: "Google failing",
    rule: "GAC-9",
    attack(stage, back) {
      stage.emulator.placeFault({ match: { path: "/token" }, answer: { kind: "html" } });
      return back;
    },
    says: "answers 500",
    status: 502,
  },
  {
    name: "a full disk",
    rule: "GAC-9",
    attack(stage, back) {
      stage.store.refusal = "no space left";
      return back;
    },
    says: "could not store",
    status: 503,
  },
];

describe("attacks on the way back", () => {
  const of = (rule: string) => ATTACKS.filter((each) => each.rule === rule);
  for (const each of of("GAC-6")) test(`GAC-6 ${each.name}`, () => holdsOff(each));
  for (const each of of("GAC-8")) test(`GAC-8 ${each.name}`, () => holdsOff(each));
  for (const each of of("GAC-9")) test(`GAC-9 ${each.name}`, () => holdsOff(each));

  /** A page says what happened, without a secret, and no account is made. */
  async function holdsOff({ attack, says, status = 400 }: Attack): Promise<void> {
    const stage = await createStage();
    const begun = await stage.begin();
    const spoiled = String(await attack(stage, new URL(stage.consent(begun)), begun));
    const page = await stage.open(spoiled);
    const text = await page.text();
    expect([page.status, text]).toEqual([status, expect.stringContaining(says)]);
    expect(text).not.toContain("<script");
    for (const secret of new URL(spoiled).searchParams.values()) {
      if (secret.length > 30) expect(text).not.toContain(secret);
    }
    stage.store.refusal = null;
    expect(await stage.accounts()).toEqual([]);
  }

  test("GAC-6 a state is good once, whoever comes first and however it went", async () => {
    const stage = await createStage();
    const good = stage.consent(await stage.begin());
    const both = await Promise.all([stage.open(good), stage.open(good)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await stage.open(good)).status).toBe(400);
    const url = await stage.begin();
    expect((await stage.open(stage.consent(url, { emulator_deny: "1" }))).status).toBe(400);
    expect((await stage.open(stage.consent(url))).status).toBe(400);
    expect(await stage.accounts()).toHaveLength(1);
    expect(stage.asked("/token")).toBe(1);
  });

  test("GAC-6 of states that nobody comes back with a bounded number is kept", async () => {
    const { begin, store, clock } = await createStage();
    const pending = (): number =>
      [...store.keys.keys()].filter((key) => key.startsWith("connecting/")).length;
    for (let count = 0; count < 105; count++) await begin();
    expect(pending()).toBe(100);
    await clock.advance(10 * MINUTE);
    await begin();
    expect(pending()).toBe(1);
  });

  test("GAC-7 what began in a browser ends in no other one", async () => {
    const stage = await createStage();
    const [mine, theirs] = [createBrowser(), createBrowser()];
    await stage.begin({}, theirs);
    for (const browser of [undefined, theirs]) {
      const page = await stage.open(stage.consent(await stage.begin({}, mine)), browser);
      expect(await page.text()).toContain("another browser");
    }
    expect(await stage.accounts()).toEqual([]);
    expect((await stage.open(stage.consent(await stage.begin({}, mine)), mine)).status).toBe(200);
  });

  test("GAC-7 the cookie is for the callback alone, out of reach of scripts, and secure where the daemon is", async () => {
    const stage = await createStage();
    const cookieOf = async (): Promise<string> =>
      (await stage.call("POST", CONNECT, {}, { Origin: "https://live.test" })).headers.get("set-cookie")!;
    await stage.restart({ publicUrl: "https://live.test/sheets" });
    const attributes = (await cookieOf()).split("; ").slice(1);
    expect(attributes).toEqual([
      "Path=/sheets/oauth/google/callback",
      "Max-Age=600",
      "HttpOnly",
      "SameSite=Lax",
      "Secure",
    ]);
  });

  test("GAC-7 a page at another address than the one that Google leads back to is told so", async () => {
    const { call } = await createStage();
    for (const origin of ["http://localhost:8787", "https://evil.example", "null"]) {
      const answer = await call("POST", CONNECT, {}, { Origin: origin });
      expect([origin, answer.status]).toEqual([origin, 409]);
      expect((await answer.json()).detail).toContain(`open it at ${HOME}`);
    }
  });

  test("GAC-11 nothing that a request says decides where anybody is sent", async () => {
    const { call, consent, open } = await createStage();
    const forged = {
      "X-Forwarded-Host": "evil.example",
      Forwarded: "host=evil.example",
      Referer: "https://evil.example/",
    };
    const path = `${CONNECT}?redirect_uri=https://evil.example&continue=https://evil.example`;
    const { authorizationUrl } = await (await call("POST", path, {}, forged)).json();
    expect(authorizationUrl).not.toContain("evil");
    for (const field of ["redirectUri", "redirect_uri", "returnTo"]) {
      const refused = await call("POST", CONNECT, { [field]: "https://evil.example" });
      expect([refused.status, (await refused.json()).errors[0].field]).toEqual([400, field]);
    }
    const page = await open(
      `${consent(authorizationUrl)}&continue=https://evil.example&redirect=//evil.example`,
    );
    expect([page.status, page.headers.get("location")]).toEqual([200, null]);
    expect(await page.text()).not.toContain("evil");
  });

  test("GAC-9 the page has no script, may not be framed or kept, and tells no other site where it was", async () => {
    const { open, begin, consent } = await createStage();
    const good = await open(consent(await begin(), { emulator_user: "<b>&\"'@example.com" }));
    expect(await good.text()).toContain("&#60;b&#62;&#38;&#34;&#39;@example.com");
    for (const page of [good, await open(`${HOME}/oauth/google/callback`)]) {
      const policy = page.headers.get("content-security-policy")!;
      expect(policy).toStartWith("default-src 'none'; style-src 'sha256-");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(page.headers.get("referrer-policy")).toBe("no-referrer");
      expect(page.headers.get("cache-control")).toBe("no-store");
    }
  });

  test("GAC-4 only an admin connects, lists and disconnects", async () => {
    const { call } = await createStage();
    for (const [method, path] of [
      ["POST", CONNECT],
      ["GET", "/api/v1/accounts"],
      ["DELETE", "/api/v1/accounts/google-0123456789abcdef"],
    ] as const) {
      for (const Authorization of ["", `Bearer not-${ADMIN_TOKEN}`]) {
        expect((await call(method, path, undefined, { Authorization })).status).toBe(401);
      }
    }
  });
});

function without(url: URL, name: string): URL {
  const copy = new URL(url);
  copy.searchParams.delete(name);
  return copy;
}

function withQuery(url: URL, name: string, value: string): URL {
  const copy = new URL(url);
  copy.searchParams.set(name, value);
  return copy;
}
