import { err, ok, type Result } from "#contract/result.ts";
import { type Clock, sleep } from "../../src/runtime/clock.ts";
import type { Net, NetError, NetRequest, NetResponse } from "../../src/runtime/net.ts";

/** An answer: a web Response, or what went wrong. */
export type FakeAnswer = Response | NetError;
export type FakeHandler = (request: NetRequest) => FakeAnswer | Promise<FakeAnswer>;

export interface FakeNet extends Net {
  /** Every request made, in order. */
  readonly requests: NetRequest[];
  /** Replaces what answers from now on. */
  answer(handler: FakeHandler): void;
}

/** A Net that answers from memory; it keeps `bytesMax`, `signal` and, given a clock, `timeoutMs`. */
export function createFakeNet(handler: FakeHandler = noRoute, clock?: Clock): FakeNet {
  let current = handler;
  const requests: NetRequest[] = [];
  return {
    requests,
    answer(next) {
      current = next;
    },
    async request(request) {
      requests.push(request);
      if (request.signal?.aborted) return err({ tag: "Aborted" });
      const end = new AbortController();
      const answer = await Promise.race([
        current(request),
        aborted(request.signal),
        timedOut(clock, request.timeoutMs, end.signal),
      ]);
      end.abort();
      return answer instanceof Response ? toNetResponse(answer, request.bytesMax) : err(answer);
    },
  };
}

/** Never answers: the request ends by its signal, or by its timeout where the net has a clock. */
export function hang(): Promise<FakeAnswer> {
  return new Promise(() => {});
}

/** A Net whose far end is a web handler in this process, such as the Google emulator's. */
export function createHandlerNet(
  handle: (request: Request) => Response | Promise<Response>,
  clock?: Clock,
): FakeNet {
  return createFakeNet((request) => {
    const bodyless = request.method === "GET" || request.method === "HEAD";
    return handle(
      new Request(request.url, {
        method: request.method,
        headers: { ...request.headers },
        ...(bodyless || request.body === undefined ? {} : { body: request.body as BodyInit }),
      }),
    );
  }, clock);
}

async function toNetResponse(response: Response, bytesMax: number): Promise<Result<NetResponse, NetError>> {
  const body = new Uint8Array(await response.arrayBuffer());
  if (body.length > bytesMax) return err({ tag: "TooLarge", bytesMax });
  return ok({ status: response.status, headers: Object.fromEntries(response.headers), body });
}

function aborted(signal: AbortSignal | undefined): Promise<NetError> {
  return new Promise((resolve) => signal?.addEventListener("abort", () => resolve({ tag: "Aborted" })));
}

async function timedOut(clock: Clock | undefined, timeoutMs: number, end: AbortSignal): Promise<NetError> {
  await (clock ? sleep(clock, timeoutMs, end) : hang());
  return { tag: "TimedOut", timeoutMs };
}

function noRoute(request: NetRequest): NetError {
  return { tag: "Unreachable", detail: `the test answers nothing at ${request.url}` };
}
