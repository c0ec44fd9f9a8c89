/** Where nothing changes, nothing is sent and nothing is stored. */
import type { World } from "../world.ts";

/** What must stand still; take one, let time pass, take another. */
export interface Traffic {
  readonly updates: number;
  readonly stored: string;
  readonly keys: string;
}

export function traffic(world: World): Traffic {
  const ends = [...world.disk.logs].map(([name, log]) => `${name}@${log.at(-1)?.position ?? 0}`);
  const keys = [...world.disk.keys].map(([key, { version }]) => `${key}@${version}`);
  return {
    updates: world.clients.reduce((sum, client) => sum + client.updates, 0),
    stored: ends.sort().join(" "),
    keys: keys.sort().join(" "),
  };
}

export function noEcho(before: Traffic, after: Traffic): readonly string[] {
  return (Object.keys(before) as (keyof Traffic)[])
    .filter((what) => before[what] !== after[what])
    .map((what) => `${what} moved without a change: from ${before[what]} to ${after[what]}`);
}
