import { ok } from "#contract/result.ts";
import type { Resolver } from "../../src/runtime/resolver.ts";

export interface FakeResolver extends Resolver {
  /** Every name asked for, in order. */
  readonly asked: string[];
  /** The answers to come for a name, in turn; the last one stays. */
  set(host: string, ...answers: (readonly string[])[]): void;
}

/** Every name has one address of the open internet unless the test says otherwise. */
export function createFakeResolver(): FakeResolver {
  const answers = new Map<string, (readonly string[])[]>();
  const asked: string[] = [];
  return {
    asked,
    set(host, ...given) {
      answers.set(host, given);
    },
    async resolve(host) {
      asked.push(host);
      const waiting = answers.get(host) ?? [["8.8.8.8"]];
      return ok(waiting.length > 1 ? waiting.shift()! : waiting[0]!);
    },
  };
}
