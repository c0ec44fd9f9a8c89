import { isInNetwork, type Network, parseAddress } from "../runtime/address.ts";

/**
 * Where a request comes from. `X-Forwarded-For` can be written by anybody, so it is read only from proxies that are
 * trusted, from its end, as far as it was written by them: the first address that is no trusted proxy is the client's.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | null,
  trusted: readonly Network[],
): string {
  const path = (forwardedFor ?? "").split(",").map((part) => part.trim());
  let address = peer;
  while (isTrusted(address, trusted)) {
    const before = path.pop();
    if (before === undefined || bytesOf(before) === null) return address;
    address = before;
  }
  return address;
}

function isTrusted(address: string, trusted: readonly Network[]): boolean {
  const bytes = bytesOf(address);
  return bytes !== null && trusted.some((network) => isInNetwork(bytes, network));
}

/** An IPv4 address counts as itself however a socket for both kinds writes it. */
function bytesOf(address: string): Uint8Array | null {
  return parseAddress(address.replace(/^::ffff:(?=\d+\.)/i, ""));
}
