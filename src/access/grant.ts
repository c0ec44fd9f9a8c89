/**
 * What a token lets its bearer do.
 *
 * read: a tab's rows and columns; write: wish for changes of a tab; admin: everything, the registry included.
 */
import type { Claims } from "../model/where/compile.ts";

export const ACTIONS = ["read", "write", "admin"] as const;
export type Action = (typeof ACTIONS)[number];

/** What an action is aimed at; a part that is absent means "all of them". */
export interface Target {
  readonly source?: string;
  readonly tab?: string;
  /** A view of the tab; absent means the tab itself. */
  readonly view?: string;
}

/**
 * One permission. Without `source` it holds for every source, without `tab` for every tab of it, without `view` for
 * the tab itself and all views of it. With `view` it holds for that view alone.
 */
export interface Scope extends Target {
  readonly action: Action;
}

/** Who stands behind a request or a socket, and what they may do. */
export interface Grant {
  /** Stable name of the bearer, fit for origins, audit and logs: admin, token:{id} or user:{name}. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** What the token says of its bearer; views may ask for it. */
  readonly claims?: Claims;
  /** Names the very token, without telling it; absent for one that never ends. */
  readonly token?: string;
  /** Wall time in ms; where it may change, the tokens that the grant is from know it instead. */
  readonly expiresAt?: number;
}

/** Whether one scope of `grant` covers the whole of `target`: a scope of one tab does not cover its source. */
export function may(grant: Grant, action: Action, target: Target): boolean {
  return grant.scopes.some((scope) => covers(scope, action, target));
}

/** Whether the bearer may give `scope` to others: who administers all that it aims at. */
export function mayGive(grant: Grant, { action: _, ...target }: Scope): boolean {
  return may(grant, "admin", target);
}

function covers(scope: Scope, action: Action, target: Target): boolean {
  if (scope.action !== "admin" && scope.action !== action) return false;
  return (["source", "tab", "view"] as const).every(
    (part) => scope[part] === undefined || scope[part] === target[part],
  );
}
