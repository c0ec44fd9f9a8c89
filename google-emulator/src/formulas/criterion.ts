/** Tests as COUNTIF, SUMIF and exact lookups write them: ">5", "<>x", "ab*", a plain value. */
import { compareScalars, type Scalar } from "./value.ts";

export function criterion(wanted: Scalar): (value: Scalar) => boolean {
  if (typeof wanted !== "string") return (value) => same(value, wanted);
  const match = /^(<>|<=|>=|=|<|>)(.*)$/s.exec(wanted);
  const operator = match?.[1] ?? "=";
  const text = match?.[2] ?? wanted;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  const operand: Scalar = Number.isNaN(number) ? text : number;
  if (operator === "=") return (value) => like(value, operand);
  if (operator === "<>") return (value) => !like(value, operand);
  return (value) => {
    if (typeof value !== typeof operand) return false;
    const order = compareScalars(value, operand);
    if (operator === "<") return order < 0;
    if (operator === ">") return order > 0;
    return operator === "<=" ? order <= 0 : order >= 0;
  };
}

function same(value: Scalar, wanted: Scalar): boolean {
  return value !== null && compareScalars(value, wanted) === 0;
}

/** Texts match without case; "*" stands for any run, "?" for one character, "~" takes their meaning away. */
function like(value: Scalar, wanted: Scalar): boolean {
  if (typeof wanted !== "string" || typeof value !== "string") return same(value, wanted);
  const pattern = wanted
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/~\*|~\?|\*|\?/g, (mark) => (mark === "*" ? ".*" : mark === "?" ? "." : `\\${mark[1]}`));
  return new RegExp(`^${pattern}$`, "is").test(value);
}
