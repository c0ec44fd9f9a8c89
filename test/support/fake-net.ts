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

/** A Net that answers from memory; it keeps `bytesMax`, `signal` and, given a clock, `timeoutMs` (of a stream as a whole). */
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
      const answered = async (): Promise<Result<NetResponse, NetError>> => {
        const answer = await current(request);
        return answer instanceof Response ? toNetResponse(answer, request) : err(answer);
      };
      const failed = (error: NetError): Result<never, NetError> => err(error);
      const answer = await Promise.race([
        answered(),
        aborted(request.signal).then(failed),
        timedOut(clock, request.timeoutMs, end.signal).then(failed),
      ]);
      end.abort();
      return answer;
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

async function toNetResponse(
  response: Response,
  { bytesMax, onPart, signal }: NetRequest,
): Promise<Result<NetResponse, NetError>> {
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  if (onPart) {
    const parts = response.body as unknown as AsyncIterable<Uint8Array> | null;
    for await (const bytes of parts ?? []) {
      onPart({ status, headers, bytes });
      if (signal?.aborted) return err({ tag: "Aborted" });
    }
    return ok({ status, headers, body: new Uint8Array() });
  }
  const body = new Uint8Array(await response.arrayBuffer());
  if (body.length > bytesMax) return err({ tag: "TooLarge", bytesMax });
  return ok({ status, headers, body });
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
