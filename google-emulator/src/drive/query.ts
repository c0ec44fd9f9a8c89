/** The search language of Drive's files.list: name = 'x' and mimeType contains 'y' and not trashed = true. */

import { isObject } from "../http/json.ts";
import { addressOf, type Caller } from "../oauth/caller.ts";
import { invalidQuery } from "./drive-errors.ts";
import { type DriveFile, roleOf } from "./file.ts";
import { iso } from "./show-file.ts";

type Test = (file: DriveFile) => boolean;

/** Throws Drive's 400 for what it cannot read. */
export function readQuery(text: string, caller: Caller): Test {
  return new QueryParser(tokensOf(text), caller).whole();
}

function tokensOf(text: string): string[] {
  const pattern = /\s*('(?:[^'\\]|\\.)*'|[(){}]|!=|<=|>=|[=<>]|[\w:.+-]+)\s*/y;
  const tokens: string[] = [];
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match?.[1]) throw invalidQuery();
    tokens.push(match[1]);
  }
  return tokens;
}

class QueryParser {
  private readonly tokens: readonly string[];
  private readonly caller: Caller;
  private at = 0;

  constructor(tokens: readonly string[], caller: Caller) {
    this.tokens = tokens;
    this.caller = caller;
  }

  whole(): Test {
    const test = this.either();
    if (this.at !== this.tokens.length) throw invalidQuery();
    return test;
  }

  private either(): Test {
    let left = this.both();
    while (this.take("or")) {
      const [first, second] = [left, this.both()];
      left = (file) => first(file) || second(file);
    }
    return left;
  }

  private both(): Test {
    let left = this.one();
    while (this.take("and")) {
      const [first, second] = [left, this.one()];
      left = (file) => first(file) && second(file);
    }
    return left;
  }

  private one(): Test {
    if (this.take("not")) {
      const inner = this.one();
      return (file) => !inner(file);
    }
    if (this.take("(")) {
      const inner = this.either();
      this.expect(")");
      return inner;
    }
    const left = this.next();
    // The one term that may stand alone.
    if (left === "sharedWithMe" && this.tokens[this.at] !== "=") return isShared(this.caller);
    const operator = this.next();
    if (operator === "has") return this.property(left);
    return term(left, operator, this.next(), this.caller);
  }

  /** properties has { key='x' and value='y' } */
  private property(left: string): Test {
    if (left !== "properties" && left !== "appProperties") throw invalidQuery();
    for (const word of ["{", "key", "="]) this.expect(word);
    const key = unquoted(this.next());
    for (const word of ["and", "value", "="]) this.expect(word);
    const value = unquoted(this.next());
    this.expect("}");
    return (file) => {
      const properties = file.extra[left];
      return isObject(properties) && properties[key] === value;
    };
  }

  private next(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw invalidQuery();
    this.at += 1;
    return token;
  }

  private take(word: string): boolean {
    if (this.tokens[this.at] !== word) return false;
    this.at += 1;
    return true;
  }

  private expect(word: string): void {
    if (!this.take(word)) throw invalidQuery();
  }
}

function term(left: string, operator: string, right: string, caller: Caller): Test {
  if (operator === "in") return membership(unquoted(left), right, caller);
  if (left === "sharedWithMe") {
    const shared = isShared(caller);
    return (file) => String(shared(file)) === right;
  }
  const text = TEXTS[left];
  if (text) {
    const wanted = quoted(right).toLowerCase();
    if (operator === "contains") return (file) => hasWord(text(file).toLowerCase(), wanted);
    if (operator === "=" && left !== "fullText") return (file) => text(file).toLowerCase() === wanted;
    if (operator === "!=" && left !== "fullText") return (file) => text(file).toLowerCase() !== wanted;
    throw invalidQuery();
  }
  const flag = FLAGS[left];
  if (flag && (right === "true" || right === "false") && (operator === "=" || operator === "!=")) {
    return (file) => (flag(file) === (right === "true")) === (operator === "=");
  }
  const time = TIMES[left];
  if (time) return compared(time, operator, momentOf(right));
  throw invalidQuery();
}

function membership(who: string, list: string, caller: Caller): Test {
  const person = who === "me" ? addressOf(caller) : who;
  if (list === "parents") return (file) => file.parents.includes(who);
  const roles = ROLES[list];
  if (!roles) throw invalidQuery();
  return (file) => file.permissions.some((one) => roles.includes(one.role) && one.emailAddress === person);
}

const ROLES: Readonly<Record<string, readonly string[]>> = {
  owners: ["owner"],
  writers: ["owner", "writer"],
  readers: ["owner", "writer", "commenter", "reader"],
};

function compared(time: (file: DriveFile) => number, operator: string, bound: number): Test {
  if (operator === "=") return (file) => time(file) === bound;
  if (operator === "!=") return (file) => time(file) !== bound;
  if (operator === "<") return (file) => time(file) < bound;
  if (operator === ">") return (file) => time(file) > bound;
  if (operator === "<=") return (file) => time(file) <= bound;
  if (operator === ">=") return (file) => time(file) >= bound;
  throw invalidQuery();
}

/** Without a zone a time is UTC. */
function momentOf(text: string): number {
  const plain = quoted(text);
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(plain) || !plain.includes("T");
  const moment = Date.parse(zoned ? plain : `${plain}Z`);
  if (Number.isNaN(moment)) throw invalidQuery();
  return moment;
}

const TEXTS: Readonly<Record<string, (file: DriveFile) => string>> = {
  name: (file) => file.name,
  fullText: (file) => `${file.name} ${String(file.extra.description ?? "")}`,
  mimeType: (file) => file.mimeType,
  visibility: (file) =>
    file.permissions.some((one) => one.type === "anyone") ? "anyoneWithLink" : "limited",
};

const FLAGS: Readonly<Record<string, (file: DriveFile) => boolean>> = {
  trashed: (file) => file.trashed,
  starred: (file) => file.extra.starred === true,
};

const TIMES: Readonly<Record<string, (file: DriveFile) => number>> = {
  modifiedTime: (file) => Date.parse(iso(file.modifiedMs)),
  createdTime: (file) => Date.parse(iso(file.createdMs)),
  viewedByMeTime: (file) => Date.parse(iso(file.modifiedMs)),
};

/** Google finds beginnings of words only: "contains 'World'" does not find HelloWorld. */
function hasWord(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return true;
  }
  return false;
}

function isShared(caller: Caller): Test {
  return (file) => roleOf(file, caller) !== "owner";
}

function quoted(text: string): string {
  if (!text.startsWith("'")) throw invalidQuery();
  return unquoted(text);
}

function unquoted(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text;
}
