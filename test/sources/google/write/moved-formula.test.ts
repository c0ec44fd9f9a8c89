import { expect, test } from "bun:test";
import { copiedFormula, movedFormula } from "../../../../src/sources/google/write/moved-formula.ts";

test.each([
  ["=B3*$C$3", "=C4*$D$4"],
  ["=SUM(b2:B10)+B$2", "=SUM(C3:C11)+C$3"],
  ["=Z9", "=AA10"],
  ['="B3 ""B3"" "&B3', '="B3 ""B3"" "&C4'],
  ["=LOG10(B3)+ATAN2 (B3,1E5)", "=LOG10(C4)+ATAN2 (C4,1E5)"],
  ["=Other!B3+'It''s B3'!B3:B9+B3", "=Other!B3+'It''s B3'!B3:B9+C4"],
  ["=Größe1+rate_B3+B3.5+TAXES2024", "=Größe1+rate_B3+B3.5+TAXES2024"],
])("GOO-71 %s names the cells that it named, elsewhere: %s", (formula, expected) => {
  expect(movedFormula(formula, { row: (row) => row + 1, column: (column) => column + 1 })).toBe(expected);
});

test("GOO-72 a formula that is copied down names the rows beside it, and pinned ones as before", () => {
  expect(copiedFormula("=B3*$C$3+C2", 5)).toBe("=B8*$C$3+C7");
  expect(copiedFormula("=B30", -20)).toBe("=B10");
});
