/**
 * What a token lets its bearer do.
 *
 * read: a tab's rows and columns; write: wish for changes of a tab; admin: everything, the registry included.
 */
export type Action = "read" | "write" | "admin";

/** What an action is aimed at; a part that is absent means "all of them". */
export interface Target {
  readonly source?: string;
  readonly tab?: string;
}

/** One permission. Without `source` it holds for every source, without `tab` for every tab of it. */
export interface Scope {
  readonly action: Action;
  readonly source?: string;
  readonly tab?: string;
}

/** Who stands behind a request or a socket, and what they may do. */
export interface Grant {
  /** Stable name of the bearer, fit for origins, audit and logs. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
}

/** Whether one scope of `grant` covers the whole of `target`: a scope of one tab does not cover its source. */
export function may(grant: Grant, action: Action, target: Target): boolean {
  return grant.scopes.some((scope) => covers(scope, action, target));
}

function covers(scope: Scope, action: Action, target: Target): boolean {
  if (scope.action !== "admin" && scope.action !== action) return false;
  if (scope.source !== undefined && scope.source !== target.source) return false;
  return scope.tab === undefined || scope.tab === target.tab;
}
