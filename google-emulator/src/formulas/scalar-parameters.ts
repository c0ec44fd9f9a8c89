/**
 * Which parameters of a function take one value only. In an array context a block given there makes the function
 * run once per cell; elsewhere a reference given there stands for the cell in line with the formula.
 */

const ALL = new Set(
  `ABS ACOS ACOSH ADDRESS ASIN ASINH ATAN ATAN2 ATANH BIN2DEC BIN2HEX BITAND BITOR BITXOR CEILING CEILING.MATH CHAR
  CLEAN CODE COMBIN CONVERT COS COSH DATE DATEDIF DATEVALUE DAY DAYS DAYS360 DEC2BIN DEC2HEX DEC2OCT DECIMAL BASE
  DEGREES DIVIDE DOLLAR EDATE ENCODEURL EOMONTH EPOCHTODATE EQ EVEN EXACT EXP FACT FIND FIXED FLOOR FLOOR.MATH GT GTE
  HEX2DEC HEX2BIN HOUR HYPERLINK IFERROR IFNA INT ISBETWEEN ISBLANK ISDATE ISEMAIL ISERR ISERROR ISEVEN ISLOGICAL ISNA
  ISNONTEXT ISNUMBER ISODD ISOWEEKNUM ISTEXT ISURL LEFT LEN LENB LN LOG LOG10 LOWER LT LTE MID MINUS MINUTE MOD MONTH
  MROUND MULTIPLY N NE NOT ODD PERMUT POW POWER PROPER QUOTIENT RADIANS REGEXEXTRACT REGEXMATCH REGEXREPLACE REPLACE
  REPT RIGHT ROMAN ARABIC ROUND ROUNDDOWN ROUNDUP SEARCH SECOND SIGN SIN SINH SQRT SUBSTITUTE T TAN TANH TEXT TIME
  TIMEVALUE TO_DATE TO_DOLLARS TO_PERCENT TO_PURE_NUMBER TO_TEXT TRIM TRUNC UMINUS UNARY_PERCENT UNICHAR UNICODE UPLUS
  UPPER VALUE WEEKDAY WEEKNUM YEAR YEARFRAC ADD IF`.split(/\s+/),
);

const SOME: Readonly<Record<string, readonly number[]>> = {
  VLOOKUP: [0, 2, 3],
  HLOOKUP: [0, 2, 3],
  MATCH: [0, 2],
  LOOKUP: [0],
  XLOOKUP: [0],
  XMATCH: [0],
  COUNTIF: [1],
  SUMIF: [1],
  AVERAGEIF: [1],
  RANK: [0],
  CHOOSE: [0],
  SPLIT: [0, 1],
};

/** What these choose among may be blocks, which they give back whole. */
const CHOOSING: Readonly<Record<string, readonly number[]>> = { IF: [0], IFERROR: [], IFNA: [] };

/** Functions whose arguments are computed cell by cell, as within ARRAYFORMULA. */
const ARRAY_CONTEXTS = new Set(
  "ARRAYFORMULA FILTER SORT SORTN SUMPRODUCT INDEX MMULT LOOKUP XLOOKUP XMATCH QUERY ARRAY_CONSTRAIN".split(
    " ",
  ),
);

export function takesArrays(name: string): boolean {
  return ARRAY_CONTEXTS.has(name);
}

export function isScalarParameter(name: string, i: number, array: boolean): boolean {
  const chosen = CHOOSING[name];
  if (chosen && !array) return chosen.includes(i);
  return ALL.has(name) || (SOME[name]?.includes(i) ?? false);
}
