/** One answer of a feed: signed in, redirects followed, each address checked. */
import { err, ok, type Result } from "#contract/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { GuardedNet } from "../../runtime/guarded-net.ts";
import type { NetPart, NetResponse } from "../../runtime/net.ts";
import type { SourceError } from "../source.ts";
import type { Access } from "./access.ts";
import type { FeedLimits } from "./limits.ts";
import type { FeedPlan } from "./plan.ts";
import { explainNetError, explainStatus } from "./problems.ts";

export interface ExchangeDeps {
  readonly net: GuardedNet;
  readonly clock: Clock;
  readonly access: Access;
  readonly plan: FeedPlan;
  readonly limits: FeedLimits;
}

export interface Ask {
  readonly url: string;
  /** Conditions, on top of what every request carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** GET unless given. */
  readonly method?: string;
  readonly body?: string;
  readonly bytesMax: number;
  /** Monotonic: all must be done by then. */
  readonly endMs: number;
  readonly signal: AbortSignal;
  /** Hands the body over as it comes, until the far end is silent for too long. */
  readonly stream?: { readonly silenceMsMax: number; readonly onPart: (part: NetPart) => void };
}

/** An answer with content, or 304. */
export interface FeedAnswer extends NetResponse {
  /** Where it came from, after redirects, without credentials. */
  readonly url: string;
}

export type ExchangeError = SourceError | { readonly tag: "TooLarge"; readonly bytesMax: number };

const ACCEPT =
  "application/json, application/x-ndjson, application/xml;q=0.9, text/xml;q=0.9, text/csv;q=0.9, */*;q=0.5";

export async function askFeed(deps: ExchangeDeps, ask: Ask): Promise<Result<FeedAnswer, ExchangeError>> {
  let { url } = ask;
  let fresh = false;
  for (let redirects = 0; redirects <= deps.limits.feedRedirectsMax; ) {
    const answer = await send(deps, ask, url);
    if (!answer.ok) return answer;
    const { status, headers } = answer.value;
    // A token may end early: a fresh one tells whether it was that.
    if (status === 401 && !fresh && deps.access.refused()) {
      fresh = true;
      continue;
    }
    if (!REDIRECTS.has(status)) return judge(deps, { ...answer.value, url });
    const next = URL.parse(headers.location ?? "", url);
    if (headers.location === undefined || !next) {
      return err({ tag: "Malformed", path: "status", detail: `The feed answers ${status} without a target` });
    }
    url = next.href;
    redirects++;
  }
  const detail = `The feed redirects more than ${deps.limits.feedRedirectsMax} times`;
  return err({ tag: "Malformed", path: "status", detail });
}

/** One request that changes something: it is not redirected, and its answer comes whatever its status is. */
export async function tellFeed(deps: ExchangeDeps, ask: Ask): Promise<Result<NetResponse, ExchangeError>> {
  const answer = await send(deps, ask, ask.url);
  const again = answer.ok && answer.value.status === 401 && deps.access.refused();
  return again ? send(deps, ask, ask.url) : answer;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

async function send(
  { net, clock, access, plan, limits }: ExchangeDeps,
  { method = "GET", body, headers, bytesMax, endMs, signal, stream }: Ask,
  url: string,
): Promise<Result<NetResponse, ExchangeError>> {
  const target = URL.parse(url);
  const own = target?.origin === plan.origin;
  const credentials = own ? await access.credentials(signal) : null;
  if (credentials && !credentials.ok) return credentials;
  const added = credentials?.value;
  for (const [name, value] of Object.entries(added?.query ?? {})) target?.searchParams.set(name, value);
  const requestMsMax = stream?.silenceMsMax ?? limits.feedRequestMsMax;
  const timeoutMs = Math.min(requestMsMax, endMs - clock.monotonicMs());
  if (timeoutMs <= 0) {
    return err({ tag: "Unreachable", detail: `The feed took longer than ${limits.feedPollMsMax} ms in all` });
  }
  const answer = await net.request({
    method,
    ...(body === undefined ? {} : { body }),
    url: target?.href ?? url,
    // Later ones win: a person's header goes before ours, and credentials before both.
    headers: joinHeaders(
      { accept: ACCEPT, "user-agent": "sheetwire" },
      own ? plan.headers : {},
      headers,
      added?.headers ?? {},
    ),
    timeoutMs,
    bytesMax,
    signal,
    ...(stream && { onPart: stream.onPart }),
  });
  if (answer.ok) return answer;
  return err(answer.error.tag === "TooLarge" ? answer.error : explainNetError(answer.error, "The feed"));
}

function judge({ clock }: ExchangeDeps, answer: FeedAnswer): Result<FeedAnswer, SourceError> {
  if (answer.status === 200 || answer.status === 304) return ok(answer);
  if (answer.status > 200 && answer.status < 300) {
    return err({
      tag: "Malformed",
      path: "status",
      detail: `The feed answers ${answer.status}, without its content`,
    });
  }
  return err(explainStatus(answer.status, answer.headers, clock.nowMs()));
}

/** Names of headers are equal whatever their case. */
function joinHeaders(...all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const headers of all) {
    for (const [name, value] of Object.entries(headers)) joined[name.toLowerCase()] = value;
  }
  return joined;
}
