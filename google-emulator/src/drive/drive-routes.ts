/** Paths of Drive v3 to their methods. */
import type { Call } from "../http/message.ts";
import type { Route } from "../route.ts";

export function driveRoute(_call: Call): Route | null {
  return null;
}
