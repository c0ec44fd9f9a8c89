/** IP addresses, and which of them stand for something that the open internet cannot reach. */
import { isIPv4, isIPv6 } from "node:net";

/** 4 or 16 bytes; null for a text that is no address, or that names a zone such as "fe80::1%eth0". */
export function parseAddress(text: string): Uint8Array | null {
  if (isIPv4(text)) return Uint8Array.from(text.split(/\./), Number);
  return isIPv6(text) && !text.includes("%") ? parseIPv6(text) : null;
}

/** Addresses with the same first bits. */
export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** "10.0.0.0/8", "fd00::/8", or one address; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const [address = "", length, ...rest] = text.split("/");
  const bytes = parseAddress(address);
  if (!bytes || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const bits = length === undefined ? bytes.length * 8 : Number(length);
  return bits <= bytes.length * 8 ? { bytes, bits } : null;
}

export function isInNetwork(address: Uint8Array, { bytes, bits }: Network): boolean {
  if (address.length !== bytes.length) return false;
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) if (address[index] !== bytes[index]) return false;
  const rest = bits & 7;
  return rest === 0 || (address[whole]! ^ bytes[whole]!) >> (8 - rest) === 0;
}

/** What kind of special address this is, in words for a person; null for one of the open internet. */
export function specialKind(address: Uint8Array): string | null {
  return SPECIAL.find(({ network }) => isInNetwork(address, network))?.kind ?? null;
}

/**
 * IANA's registries of special-purpose addresses (RFC 6890) and what clouds keep for themselves; the first that
 * fits names the kind. IPv4 inside IPv6 is refused whole: it is a way around the rules for IPv4.
 */
const SPECIAL = (
  [
    ["169.254.169.254", "cloud metadata"],
    ["169.254.170.2", "cloud metadata"],
    ["168.63.129.16", "cloud metadata"],
    ["100.100.100.200", "cloud metadata"],
    ["192.0.0.192", "cloud metadata"],
    ["fd00:ec2::254", "cloud metadata"],
    ["fd20:ce::254", "cloud metadata"],
    ["0.0.0.0/8", "unspecified"],
    ["10.0.0.0/8", "private"],
    ["100.64.0.0/10", "carrier-grade NAT"],
    ["127.0.0.0/8", "loopback"],
    ["169.254.0.0/16", "link-local"],
    ["172.16.0.0/12", "private"],
    ["192.0.0.0/24", "reserved"],
    ["192.0.2.0/24", "documentation"],
    ["192.88.99.0/24", "6to4 relay"],
    ["192.168.0.0/16", "private"],
    ["198.18.0.0/15", "benchmarking"],
    ["198.51.100.0/24", "documentation"],
    ["203.0.113.0/24", "documentation"],
    ["224.0.0.0/4", "multicast"],
    ["240.0.0.0/4", "reserved"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::ffff:0:0/96", "IPv4 inside IPv6"],
    ["::ffff:0:0:0/96", "IPv4 inside IPv6"],
    ["::/96", "IPv4 inside IPv6"],
    ["64:ff9b::/96", "NAT64"],
    ["64:ff9b:1::/48", "NAT64"],
    ["100::/64", "reserved"],
    ["2001::/32", "Teredo"],
    ["2001:db8::/32", "documentation"],
    ["2001::/23", "reserved"],
    ["2002::/16", "6to4"],
    ["3fff::/20", "documentation"],
    ["5f00::/16", "reserved"],
    ["fc00::/7", "private"],
    ["fe80::/10", "link-local"],
    ["fec0::/10", "private"],
    ["ff00::/8", "multicast"],
    // Only 2000::/3 is given out to the open internet.
    ["::/3", "reserved"],
    ["4000::/2", "reserved"],
    ["8000::/1", "reserved"],
  ] as const
).map(([text, kind]) => ({ network: parseNetwork(text)!, kind }));

function parseIPv6(text: string): Uint8Array {
  const [head = "", tail] = text.split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  const bytes = new Uint8Array(16);
  [...before, ...zeros, ...after].forEach((group, index) => {
    bytes[index * 2] = group >> 8;
    bytes[index * 2 + 1] = group & 0xff;
  });
  return bytes;
}

/** A dotted IPv4 tail counts as two groups. */
function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return Number.parseInt(group, 16);
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
