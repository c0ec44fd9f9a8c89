/** Colours as Google keeps them: eight bits a channel, shown as 32-bit floats, zeros left out [R]. */
import { isObject, type Json, type JsonObject } from "../http/json.ts";

export function normalColor(color: JsonObject): JsonObject {
  const normal: JsonObject = {};
  for (const channel of ["red", "green", "blue"]) {
    const level = Math.floor(Math.min(1, Math.max(0, Number(color[channel] ?? 0))) * 255);
    if (level > 0) normal[channel] = shortFloat(level / 255);
  }
  return normal;
}

/** Normalises every colour within a format, a rule, a table; a colour also shows as its style, and back. */
export function withNormalColors(value: JsonObject): JsonObject {
  const normal: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    normal[name] = normalised(name, item);
  }
  for (const [name, item] of Object.entries(normal)) {
    if (/[cC]olor$/.test(name) && name !== "rgbColor" && isObject(item))
      normal[`${name}Style`] ??= { rgbColor: item };
    if (!/[cC]olorStyle$/.test(name) || !isObject(item)) continue;
    const plain = name.replace(/Style$/, "");
    if (PAIRED.has(plain) && isObject(item.rgbColor)) normal[plain] ??= item.rgbColor;
  }
  return normal;
}

/** Names that exist both as a colour and as its style. */
const PAIRED = new Set([
  "backgroundColor",
  "foregroundColor",
  "color",
  "tabColor",
  "headerColor",
  "firstBandColor",
  "secondBandColor",
  "footerColor",
]);

function normalised(name: string, item: Json): Json {
  if (Array.isArray(item)) return item.map((one) => (isObject(one) ? withNormalColors(one) : one));
  if (!isObject(item)) return item;
  return /[cC]olor$/.test(name) ? normalColor(item) : withNormalColors(item);
}

/** The shortest decimal that is the same 32-bit float. */
function shortFloat(value: number): number {
  const float = Math.fround(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return Number(float.toPrecision(9));
}
