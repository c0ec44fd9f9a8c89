/**
 * A network for addresses that people give: it asks only what stands in the open internet, or what the operator
 * allows. A name is resolved once; the address that was checked is the one connected to, so that a name which
 * answers differently the second time gains nothing.
 */
import { err, ok, type Result } from "#contract/result.ts";
import { isInNetwork, type Network, parseAddress, parseNetwork, specialKind } from "./address.ts";
import type { Clock } from "./clock.ts";
import type { Net, NetError, NetRequest, NetResponse } from "./net.ts";
import type { Resolver } from "./resolver.ts";

/** Answers redirects as they are: whoever follows one asks here again. */
export interface GuardedNet {
  request(request: NetRequest): Promise<Result<NetResponse, GuardedError>>;
}

export type GuardedError = NetError | AddressRefused;

/** Nothing was sent. */
export interface AddressRefused {
  readonly tag: "AddressRefused";
  readonly host: string;
  /** Sentence parts for a person; they tell no address that the name resolved to. */
  readonly problem: string;
  readonly fix: string;
}

export interface GuardedNetDeps {
  readonly net: Net;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly allowed: AllowedPlaces;
}

/** Special addresses that may be asked all the same. */
export interface AllowedPlaces {
  /** Lower case, without a trailing dot; whatever they resolve to. */
  readonly hosts: ReadonlySet<string>;
  readonly networks: readonly Network[];
}

export const NOTHING_ALLOWED: AllowedPlaces = { hosts: new Set(), networks: [] };

/** Hosts, addresses and networks, separated by commas. The error names the entry that is none of them. */
export function parseAllowedPlaces(text: string): Result<AllowedPlaces, string> {
  const hosts = new Set<string>();
  const networks: Network[] = [];
  for (const entry of text.split(",").map((part) => part.trim().toLowerCase())) {
    if (entry === "") continue;
    const network = parseNetwork(entry.replace(/^\[(.*)\]$/, "$1"));
    if (network) networks.push(network);
    else if (/^(?!\d+(\.\d+)*\/)[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?$/u.test(entry)) {
      const host = URL.parse(`http://${entry}/`)?.hostname;
      if (!host || parseAddress(host)) return err(entry);
      hosts.add(withoutDot(host));
    } else return err(entry);
  }
  return ok({ hosts, networks });
}

/** Why `url` must not be asked, as far as its text tells: a name still has to be resolved. */
export function refusalOfUrl(url: string, allowed: AllowedPlaces): AddressRefused | null {
  const parsed = URL.parse(url);
  if (!parsed) return refused(url, "is not a link", "give a link that begins with https:// or http://");
  const { hostname, protocol, username, password } = parsed;
  if (protocol !== "http:" && protocol !== "https:") {
    const problem = `begins with ${protocol}, and only http: and https: are asked`;
    return refused(hostname, problem, "give a link that begins with https:// or http://");
  }
  if (username || password) {
    const fix = 'leave it out of the link and give it under "auth"';
    return refused(hostname, "holds a user name or password", fix);
  }
  const address = addressOf(hostname);
  return address && !allowed.hosts.has(hostname) ? refusalOfAddress(hostname, address, allowed) : null;
}

/** Times fall back from one of a host's addresses to the next at most so often: a request is bounded anyway. */
const ADDRESSES_MAX = 3;

export function createGuardedNet({ net, resolver, clock, allowed }: GuardedNetDeps): GuardedNet {
  async function addressesFor(request: NetRequest): Promise<Result<readonly string[], GuardedError>> {
    const refusal = refusalOfUrl(request.url, allowed);
    if (refusal) return err(refusal);
    const { hostname } = new URL(request.url);
    if (addressOf(hostname)) return ok([hostname.replace(/^\[(.*)\]$/, "$1")]);
    const found = await resolver.resolve(hostname, request);
    if (!found.ok || allowed.hosts.has(withoutDot(hostname))) return found;
    for (const text of found.value) {
      const address = parseAddress(text);
      if (!address) return err({ tag: "Unreachable", detail: `the name ${hostname} has an odd address` });
      const wrong = refusalOfAddress(hostname, address, allowed);
      // One bad address spoils all: a name for both inside and outside is a trap more often than a mistake.
      if (wrong) return err(wrong);
    }
    return found;
  }

  return {
    async request(request) {
      const endMs = clock.monotonicMs() + request.timeoutMs;
      const addresses = await addressesFor(request);
      if (!addresses.ok) return addresses;
      // What is not safe to repeat is sent once.
      const tries = request.method === "GET" || request.method === "HEAD" ? ADDRESSES_MAX : 1;
      let answer: Result<NetResponse, NetError> | null = null;
      for (const connectTo of addresses.value.slice(0, tries)) {
        const timeoutMs = endMs - clock.monotonicMs();
        if (timeoutMs <= 0) break;
        answer = await net.request({ ...request, connectTo, timeoutMs });
        if (answer.ok || answer.error.tag !== "Unreachable") break;
      }
      return answer ?? err({ tag: "TimedOut", timeoutMs: request.timeoutMs });
    },
  };
}

function refusalOfAddress(
  host: string,
  address: Uint8Array,
  { networks }: AllowedPlaces,
): AddressRefused | null {
  const kind = specialKind(address);
  if (!kind || networks.some((network) => isInNetwork(address, network))) return null;
  return refused(
    host,
    `leads to an address that is not of the open internet (${kind})`,
    `if the daemon may ask it, start it with SHEETWIRE_ALLOW_PRIVATE=${host}`,
  );
}

function refused(host: string, problem: string, fix: string): AddressRefused {
  return { tag: "AddressRefused", host, problem, fix };
}

/** URL.parse has made every way to write an IPv4 address, such as 0x7f.1, into the usual one. */
function addressOf(hostname: string): Uint8Array | null {
  return parseAddress(hostname.replace(/^\[(.*)\]$/, "$1"));
}

function withoutDot(hostname: string): string {
  return hostname.replace(/\.$/, "");
}
