import type { Clock } from "../runtime/clock.ts";

/** Bounds the sockets of each address: how many are open, and how fast new ones come. */
export interface ConnectLimits {
  /** How long the address has to wait before its next socket, in ms; 0: it may come in, which counts as one. */
  waitMs(address: string): number;
  opened(address: string): void;
  closed(address: string): void;
}

export interface ConnectLimitsOptions {
  readonly clock: Clock;
  readonly connectionsPerAddressMax: number;
  readonly connectsPerSecondPerAddressMax: number;
  /** Addresses without sockets that are remembered, so that memory stays bounded. */
  readonly addressesMax?: number;
}

interface Visitor {
  open: number;
  /** Sockets that may come in at `atMs`. */
  tries: number;
  atMs: number;
}

/** When an address has all the sockets it may: any of them may close at any time. */
const FULL_WAIT_MS = 1_000;

/** A token bucket per address; it holds as many as may be open, since after a restart all come back at once. */
export function createConnectLimits(options: ConnectLimitsOptions): ConnectLimits {
  const { clock, connectionsPerAddressMax: most, connectsPerSecondPerAddressMax: perSecond } = options;
  const { addressesMax = 10_000 } = options;
  const visitors = new Map<string, Visitor>();
  /** Those without a socket, in the order in which they left or were refused. */
  const away = new Set<string>();

  function visitor(address: string): Visitor {
    const known = visitors.get(address);
    if (known) return known;
    const fresh = { open: 0, tries: most, atMs: clock.monotonicMs() };
    visitors.set(address, fresh);
    remember(address);
    return fresh;
  }
  function remember(address: string): void {
    away.delete(address);
    away.add(address);
    const [oldest] = away;
    if (away.size <= addressesMax || oldest === undefined) return;
    away.delete(oldest);
    visitors.delete(oldest);
  }

  return {
    waitMs(address) {
      const one = visitor(network(address));
      const nowMs = clock.monotonicMs();
      one.tries = Math.min(most, one.tries + ((nowMs - one.atMs) / 1000) * perSecond);
      one.atMs = nowMs;
      if (one.open >= most) return FULL_WAIT_MS;
      if (one.tries < 1) return Math.ceil(((1 - one.tries) / perSecond) * 1000);
      one.tries--;
      return 0;
    },
    opened(address) {
      visitor(network(address)).open++;
      away.delete(network(address));
    },
    closed(address) {
      const one = visitor(network(address));
      one.open = Math.max(0, one.open - 1);
      if (one.open === 0) remember(network(address));
    },
  };
}

/** Who has one IPv6 address has all of its /64: they count as one. An IPv4 address stands for itself. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const before = head.split(":").filter(Boolean);
  const after = tail.split(":").filter(Boolean);
  const zeros = address.includes("::") ? Array(Math.max(0, 8 - before.length - after.length)).fill("0") : [];
  return `${[...before, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}
