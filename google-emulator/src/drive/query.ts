/** The search language of Drive's files.list: name = 'x' and mimeType contains 'y' and not trashed = true. */
import { invalidQuery } from "./drive-errors.ts";
import type { DriveFile } from "./file-store.ts";
import { iso } from "./show-file.ts";

type Test = (file: DriveFile) => boolean;

/** Throws Drive's 400 for what it cannot read. */
export function readQuery(text: string): Test {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|[()]|!=|<=|>=|[=<>]|[^\s()=<>!']+/g) ?? [];
  let at = 0;
  const either = (): Test => {
    let left = both();
    while (tokens[at] === "or") {
      at += 1;
      const [first, second] = [left, both()];
      left = (file) => first(file) || second(file);
    }
    return left;
  };
  const both = (): Test => {
    let left = one();
    while (tokens[at] === "and") {
      at += 1;
      const [first, second] = [left, one()];
      left = (file) => first(file) && second(file);
    }
    return left;
  };
  const one = (): Test => {
    if (tokens[at] === "not") {
      at += 1;
      const inner = one();
      return (file) => !inner(file);
    }
    if (tokens[at] === "(") {
      at += 1;
      const inner = either();
      if (tokens[at] !== ")") throw invalidQuery();
      at += 1;
      return inner;
    }
    const [left, operator, right] = [tokens[at], tokens[at + 1], tokens[at + 2]];
    if (left === undefined || operator === undefined || right === undefined) throw invalidQuery();
    at += 3;
    return term(left, operator, right);
  };
  const test = either();
  if (at !== tokens.length) throw invalidQuery();
  return test;
}

function term(left: string, operator: string, right: string): Test {
  if (operator === "in") {
    const who = unquoted(left);
    if (right === "parents") return (file) => file.parents.includes(who);
    if (right === "owners")
      return (file) => file.permissions.some((one) => one.role === "owner" && one.emailAddress === who);
    if (right === "writers")
      return (file) => file.permissions.some((one) => one.role !== "reader" && one.emailAddress === who);
    if (right === "readers") return (file) => file.permissions.some((one) => one.emailAddress === who);
    throw invalidQuery();
  }
  const read = FIELDS[left];
  if (!read) throw invalidQuery();
  const wanted = unquoted(right);
  if (operator === "contains") return (file) => read(file).toLowerCase().includes(wanted.toLowerCase());
  if (operator === "=") return (file) => read(file) === wanted;
  if (operator === "!=") return (file) => read(file) !== wanted;
  const bound = Date.parse(wanted);
  if (!/^[<>]=?$/.test(operator) || Number.isNaN(bound)) throw invalidQuery();
  return (file) => {
    const value = Date.parse(read(file));
    if (operator === "<") return value < bound;
    if (operator === ">") return value > bound;
    return operator === "<=" ? value <= bound : value >= bound;
  };
}

const FIELDS: Readonly<Record<string, (file: DriveFile) => string>> = {
  name: (file) => file.name,
  fullText: (file) => file.name,
  mimeType: (file) => file.mimeType,
  trashed: (file) => String(file.trashed),
  starred: () => "false",
  modifiedTime: (file) => iso(file.modifiedMs),
  createdTime: (file) => iso(file.createdMs),
};

function unquoted(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text;
}
