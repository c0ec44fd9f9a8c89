import { describe, expect, test } from "bun:test";
import type { SourceError } from "../../../src/sources/source.ts";
import type { FakeAnswer } from "../../support/fake-net.ts";
import { googleError } from "./fake-google.ts";
import { createTestSource, EMAIL, settings } from "./test-source.ts";

type Wanted = NonNullable<Parameters<typeof createTestSource>[1]>;
const TABS = [{ sheetId: 0, title: "A", values: [["h"], [1]] }];

/** What a first poll ends with when its first Sheets call, or its token request, is answered like this. */
async function failure(
  answer: FakeAnswer,
  { token = false, ...more }: Wanted & { token?: boolean } = {},
): Promise<SourceError> {
  const { google, fail } = createTestSource(TABS, more);
  const always = (url: URL): FakeAnswer | undefined => {
    if (url.pathname.endsWith("/token") !== token) return undefined;
    google.faults.push(always);
    return answer instanceof Response ? answer.clone() : answer;
  };
  google.faults.push(always);
  return fail();
}

describe("failures", () => {
  test("GOO-21 429 and Drive's 403 for its limits are RateLimited, with Retry-After where given", async () => {
    const minute = {
      reason: "RATE_LIMIT_EXCEEDED",
      metadata: { quota_limit: "ReadRequestsPerMinutePerUser" },
    };
    const spent = googleError(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric", [minute]);
    expect(await failure(spent)).toEqual({ tag: "RateLimited", retryAfterMs: 61_000 });
    const told = new Response("{}", { status: 429, headers: { "retry-after": "7" } });
    expect(await failure(told)).toEqual({ tag: "RateLimited", retryAfterMs: 7_000 });
    const errors = [{ domain: "usageLimits", reason: "userRateLimitExceeded" }];
    const drive = Response.json({ error: { code: 403, message: "Rate Limit", errors } }, { status: 403 });
    expect((await failure(drive)).tag).toBe("RateLimited");
    expect((await failure(new Response("", { status: 429 }), { token: true })).tag).toBe("RateLimited");
  });

  test("GOO-22 a workbook that is not shared says with whom to share it", async () => {
    const denied = googleError(403, "PERMISSION_DENIED", "The caller does not have permission");
    expect(await failure(denied)).toMatchObject({
      tag: "Unauthorized",
      detail: "Google says: The caller does not have permission",
      fix: expect.stringContaining(`Share the workbook with ${EMAIL}`),
    });
    const wanted = { credentials: { type: "apiKey", key: "AIzaSyFake" } } as const;
    expect(await failure(denied, { wanted })).toMatchObject({
      fix: expect.stringContaining("Anyone with the link"),
    });
    const missing = googleError(404, "NOT_FOUND", "Requested entity was not found.");
    expect(await failure(missing)).toMatchObject({
      tag: "NotFound",
      fix: expect.stringContaining("Check the link"),
    });
  });

  test("GOO-22 refused credentials say what to replace, enable or set", async () => {
    const unauthorized = googleError(
      401,
      "UNAUTHENTICATED",
      "Request had invalid authentication credentials.",
    );
    expect(await failure(unauthorized)).toMatchObject({
      tag: "Unauthorized",
      fix: expect.stringContaining(`new key for ${EMAIL}`),
    });
    const grant = Response.json(
      { error: "invalid_grant", error_description: "Invalid JWT Signature." },
      { status: 400 },
    );
    expect(await failure(grant, { token: true })).toMatchObject({
      tag: "Unauthorized",
      detail: "Google gives no token: Invalid JWT Signature.",
      fix: expect.stringContaining("new key"),
    });
    const skew = "Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.";
    const early = Response.json({ error: "invalid_grant", error_description: skew }, { status: 400 });
    expect(await failure(early, { token: true })).toMatchObject({ fix: expect.stringContaining("clock") });
    const disabled = googleError(403, "PERMISSION_DENIED", "has not been used", [
      { reason: "SERVICE_DISABLED" },
    ]);
    expect(await failure(disabled)).toMatchObject({
      fix: expect.stringContaining("Enable the Google Sheets API"),
    });
    const badKey = googleError(400, "INVALID_ARGUMENT", "API key not valid.", [
      { reason: "API_KEY_INVALID" },
    ]);
    const wanted = { credentials: { type: "apiKey", key: "AIzaSyFake" } } as const;
    expect(await failure(badKey, { wanted })).toMatchObject({
      tag: "Unauthorized",
      fix: expect.stringContaining("API key"),
    });
  });

  test("GOO-23 no connection, a timeout and a 5xx are Unreachable", async () => {
    expect(await failure({ tag: "Unreachable", detail: "connection reset" })).toEqual({
      tag: "Unreachable",
      detail: "Google cannot be reached: connection reset",
      fix: expect.stringContaining("sheets.googleapis.com"),
    });
    expect(await failure({ tag: "TimedOut", timeoutMs: 180_000 })).toEqual({
      tag: "Unreachable",
      detail: "Google did not answer in full within 180 s",
      fix: expect.stringContaining('under "tabs"'),
    });
    const html = new Response("<html>Error 500</html>", {
      status: 500,
      headers: { "content-type": "text/html" },
    });
    expect(await failure(html)).toEqual({
      tag: "Unreachable",
      detail: "Google answers 500 with a web page in the place of data",
      fix: expect.stringContaining("Nothing needs to be done"),
    });
    const unavailable = googleError(503, "UNAVAILABLE", "The service is currently unavailable.");
    expect(await failure(unavailable)).toMatchObject({
      tag: "Unreachable",
      detail: expect.stringContaining("currently"),
    });
    expect((await failure(new Response("<html>", { status: 502 }), { token: true })).tag).toBe("Unreachable");
  });

  test("GOO-23 what is no answer of Google's is Malformed, with its place", async () => {
    const place = async (body: string): Promise<unknown> => {
      const { google, fail } = createTestSource(TABS);
      google.faults.push((url) => (url.pathname.endsWith("batchGet") ? new Response(body) : undefined));
      const error = await fail();
      return error.tag === "Malformed" ? error.path : error;
    };
    expect(await place("<html>captive portal</html>")).toBe("body");
    expect(await place('{"valueRanges":[{"values":[["h"],[1')).toBe("body");
    expect(await place("{}")).toBe("valueRanges");
    expect(await place('{"valueRanges":[]}')).toBe("valueRanges");
    expect(await place('{"valueRanges":[{"values":{}}]}')).toBe("valueRanges[0].values");
    expect(await place('{"valueRanges":[{"values":[["h"],5]}]}')).toBe("valueRanges[0].values[1]");
    expect(await place('{"valueRanges":[{"values":[["h"],[{}]]}]}')).toBe("valueRanges[0].values[1][0]");
    expect(await failure({ tag: "TooLarge", bytesMax: 9 })).toMatchObject({ tag: "Malformed", path: "body" });
    expect(await failure(Response.json({ sheets: [{}] }))).toMatchObject({ path: "sheets[0].properties" });
    expect(await failure(Response.json({ token: 5 }), { token: true })).toMatchObject({ path: "token" });
  });

  test("GOO-30 who answers in Google's place, cuts or bloats an answer is told with what to look at", async () => {
    const told = async (answer: FakeAnswer) => {
      const { google, fail } = createTestSource(TABS);
      google.faults.push((url) => (url.pathname.endsWith("batchGet") ? answer : undefined));
      const error = await fail();
      return error.tag === "Malformed" ? [error.detail, error.fix] : error;
    };
    expect(await told(new Response("\n<!DOCTYPE html><title>Sign in</title>"))).toEqual([
      "A web page came",
      expect.stringContaining("sign-in page"),
    ]);
    expect(await told(new Response('{"valueRanges":[{"values":[["h"],[1'))).toEqual([
      "Google's answer breaks off",
      expect.stringContaining("cuts or changes answers"),
    ]);
    expect(await told({ tag: "TooLarge", bytesMax: 1_000 })).toEqual([
      "The answer has more than 1000 bytes",
      expect.stringContaining('"Prices!A1:F5000"'),
    ]);
  });

  test("GOO-31 a clock that is off is told with how far and which way, where the answer tells the time", async () => {
    const skew =
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";
    const refused = (headers: Record<string, string>) =>
      Response.json({ error: "invalid_grant", error_description: skew }, { status: 400, headers });
    // The test's clock shows 2030-01-01 00:00 UTC.
    const fixes = [];
    for (const date of ["Mon, 31 Dec 2029 21:55:00 GMT", "Tue, 01 Jan 2030 00:20:00 GMT"]) {
      const error = await failure(refused({ date }), { token: true });
      fixes.push(error.tag === "Unauthorized" ? error.fix : error);
    }
    expect(fixes).toEqual([
      expect.stringContaining("it is 125 min ahead of Google's"),
      expect.stringContaining("it is 20 min behind Google's"),
    ]);
    expect(await failure(refused({}), { token: true })).toMatchObject({
      fix: expect.stringContaining("Set this machine's clock, best by NTP"),
    });
  });

  test("GOO-32 an API that is not enabled is told with the address where it is", async () => {
    const message =
      "Google Sheets API has not been used in project 123456789 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=123456789 then retry.";
    for (const details of [[{ reason: "SERVICE_DISABLED" }], undefined]) {
      expect(await failure(googleError(403, "PERMISSION_DENIED", message, details))).toMatchObject({
        tag: "Unauthorized",
        fix: expect.stringContaining(
          "at https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=123456789.",
        ),
      });
    }
    const blocked = [{ reason: "API_KEY_SERVICE_BLOCKED" }];
    const wanted = { credentials: { type: "apiKey", key: "AIzaSyFake" } } as const;
    expect(
      await failure(googleError(403, "PERMISSION_DENIED", "Requests are blocked.", blocked), { wanted }),
    ).toMatchObject({ fix: expect.stringContaining("under the key's restrictions") });
  });

  test("GOO-33 a service account that does not exist any more is told apart from a bad key", async () => {
    const grant = { error: "invalid_grant", error_description: "Invalid grant: account not found" };
    expect(await failure(Response.json(grant, { status: 400 }), { token: true })).toMatchObject({
      tag: "Unauthorized",
      fix: expect.stringContaining(`The service account ${EMAIL} does not exist any more`),
    });
  });

  test("GOO-23 a poll after a failure goes on from the last good one", async () => {
    const { google, poll, fail } = createTestSource(TABS);
    await poll();
    google.faults.push(() => new Response("", { status: 500 }));
    expect((await fail()).tag).toBe("Unreachable");
    expect((await poll()).tag).toBe("Unchanged");
  });

  test("GOO-24 no error, revision or log line holds a secret", async () => {
    const { google, poll, fail, logs, revision } = createTestSource(TABS);
    await poll();
    const seen: unknown[] = [revision];
    for (const status of [400, 401, 403, 404, 429, 500]) {
      google.faults.push(
        () => new Response("", { status }),
        () => new Response("", { status }),
      );
      seen.push(await fail());
      google.faults.length = 0;
    }
    const key = settings().credentials;
    const pem = key?.type === "serviceAccount" ? key.key.private_key : "";
    const text = JSON.stringify([seen, logs]);
    for (const secret of ["ya29", ...pem.split("\n").slice(1, 3)]) expect(text).not.toContain(secret);
  });
});
