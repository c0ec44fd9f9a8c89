/** Faults by programme: which calls go wrong, how, and for how long. Plain data, so that it can be sent. */
import type { Call, EmulatorResponse } from "./http/message.ts";

export interface FaultMatch {
  /** Part of the path, as it came on the wire ("/values", "/token"). */
  readonly path?: string;
  readonly method?: string;
  /** The calling account's address. */
  readonly account?: string;
  readonly spreadsheetId?: string;
}

export type FaultAnswer =
  /** Answers this instead; an object is sent as JSON. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Record<string, string>;
    }
  /** Google's front end failing: a 500 with an HTML page. */
  | { readonly kind: "html" }
  /** The recorded 429. */
  | { readonly kind: "quota" }
  /** Does what was asked, then answers 503. */
  | { readonly kind: "appliedThen503" }
  | { readonly kind: "delay"; readonly delayMs: number }
  /** The answer stops in the middle of its body. */
  | { readonly kind: "truncated" }
  /** 200 with bytes that are no JSON. */
  | { readonly kind: "garbage" }
  /** The connection is cut; `applied` says whether the call took effect before. */
  | { readonly kind: "reset"; readonly applied: boolean };

export interface Fault {
  readonly match: FaultMatch;
  readonly answer: FaultAnswer;
  /** How many calls it hits; without it, all. */
  readonly times?: number;
  /** Milliseconds of the emulator's clock; half-open. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface PlacedFault extends Fault {
  readonly id: number;
  /** Calls hit so far. */
  hits: number;
}

export class Faults {
  private readonly placed = new Map<number, PlacedFault>();
  private nextId = 1;

  place(fault: Fault): PlacedFault {
    const placed = { ...fault, id: this.nextId, hits: 0 };
    this.nextId += 1;
    this.placed.set(placed.id, placed);
    return placed;
  }

  remove(id: number): boolean {
    return this.placed.delete(id);
  }

  clear(): void {
    this.placed.clear();
  }

  all(): PlacedFault[] {
    return [...this.placed.values()];
  }

  /** The first fault that hits this call; counted as hit. */
  take(call: Call, account: string | null, nowMs: number): FaultAnswer | null {
    for (const fault of this.placed.values()) {
      if (fault.times !== undefined && fault.hits >= fault.times) continue;
      if (nowMs < (fault.fromMs ?? -Infinity) || nowMs >= (fault.untilMs ?? Infinity)) continue;
      if (!matches(fault.match, call, account)) continue;
      fault.hits += 1;
      return fault.answer;
    }
    return null;
  }
}

/** Spoils an answer on its way out; kinds that replace the answer were handled before. */
export function spoiled(response: EmulatorResponse, answer: FaultAnswer): EmulatorResponse {
  if (answer.kind === "delay") return { ...response, delayMs: answer.delayMs };
  if (answer.kind === "truncated") return { ...response, broken: "truncated" };
  if (answer.kind === "garbage")
    return { ...response, status: 200, body: "\u0000\u0001}{ not what you asked for" };
  return answer.kind === "reset" ? { ...response, broken: "reset" } : response;
}

export const HTML_500: EmulatorResponse = {
  status: 500,
  headers: { "content-type": "text/html; charset=UTF-8" },
  body: "<!DOCTYPE html>\n<html lang=en>\n<title>Error 500 (Server Error)!!1</title>\n<p><b>500.</b> <ins>That’s an error.</ins>\n<p>There was an error. Please try again later. <ins>That’s all we know.</ins>\n",
};

function matches(match: FaultMatch, call: Call, account: string | null): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== call.method) return false;
  if (match.account !== undefined && match.account !== account) return false;
  const path = `/${call.path.join("/")}`;
  if (match.spreadsheetId !== undefined && !path.includes(`/${match.spreadsheetId}`)) return false;
  return match.path === undefined || path.includes(match.path);
}
