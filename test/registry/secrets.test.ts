import { expect, test } from "bun:test";
import { createSecretBox, lastFour } from "../../src/registry/secrets.ts";
import { createSeededRandom } from "../support/seeded-random.ts";

const random = createSeededRandom("secrets");
const [oldKey, newKey] = [random.bytes(32), random.bytes(32)];
const box = createSecretBox(oldKey, random);

test("REG-1 a sealed secret opens to what it was, and does not show it", () => {
  for (const text of ["", "hush-hush", "Zoë \u{1f600}".repeat(5000), '{"private_key":"-----BEGIN\\n"}']) {
    const sealed = box.seal(text, "source/shop");
    expect(box.open(sealed, "source/shop")).toEqual({ ok: true, value: text });
    expect(
      text !== "" && (sealed.includes(text) || Buffer.from(sealed.slice(21), "base64").includes(text)),
    ).toBe(false);
  }
});

test("REG-2 the same secret never seals to the same text twice", () => {
  const seen = new Set(Array.from({ length: 500 }, () => box.seal("hush", "source/shop")));
  expect(seen.size).toBe(500);
});

test("REG-3 a sealed secret opens only where it belongs", () => {
  const sealed = box.seal("hush", "source/shop");
  for (const context of ["source/other", "source/shop/", ""]) {
    expect(box.open(sealed, context)).toEqual({ ok: false, error: { tag: "Tampered" } });
  }
});

test("REG-4 every change of a sealed text is noticed; none makes it throw", () => {
  const sealed = box.seal("hush", "source/shop");
  for (let index = 0; index < sealed.length; index++) {
    const letter = sealed[index] === "a" ? "b" : "a";
    const result = box.open(sealed.slice(0, index) + letter + sealed.slice(index + 1), "source/shop");
    // The last letter of base64 has spare bits: the same bytes may be written in two ways.
    if (result.ok) expect([index, result.value]).toEqual([sealed.length - 1, "hush"]);
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(box.open(sealed.slice(0, length), "source/shop").ok).toBe(false);
  }
  for (const garbage of ["", "hush", "sw1..", "sw2.0000000000000000.AAAA", `${sealed}.x`, "sw1.zz.AAAA"]) {
    expect(box.open(garbage, "source/shop")).toEqual({ ok: false, error: { tag: "NotSealed" } });
  }
});

test("REG-5 a new master key opens what the old one sealed while it is given both, and says what to seal anew", () => {
  const sealed = box.seal("hush", "source/shop");
  const both = createSecretBox(newKey, random, [oldKey]);
  expect(both.open(sealed, "source/shop")).toEqual({ ok: true, value: "hush" });
  expect(both.isCurrent(sealed)).toBe(false);
  const again = both.seal("hush", "source/shop");
  expect(both.isCurrent(again)).toBe(true);
  const alone = createSecretBox(newKey, random);
  expect(alone.open(again, "source/shop")).toEqual({ ok: true, value: "hush" });
  const keyId = sealed.split(".")[1]!;
  expect(alone.open(sealed, "source/shop")).toEqual({ ok: false, error: { tag: "UnknownKey", keyId } });
  expect(keyId).not.toContain(Buffer.from(oldKey).toString("hex").slice(0, 8));
});

test("REG-6 of a secret its last four characters are shown, of a short one nothing", () => {
  expect(lastFour("AIzaSyA-0123456789abcd")).toBe("abcd");
  expect(lastFour("-----END PRIVATE KEY-----\n")).toBe("----");
  expect(lastFour("0123456789ab")).toBe("89ab");
  for (const short of ["", "abcd", "hunter2", "01234567890"]) expect(lastFour(short)).toBe("");
});
