import { err, ok, type Result } from "#contract/result.ts";
import { type Clock, sleep } from "../../src/runtime/clock.ts";
import type { Net, NetError, NetRequest, NetResponse } from "../../src/runtime/net.ts";
import type { SeededRandom } from "../support/seeded-random.ts";
import type { SimOptions } from "./options.ts";
import type { Trace } from "./trace.ts";

/** A far end that answers at once; the network makes it slow and unreliable. */
export interface FarEnd {
  handle(request: NetRequest): NetResponse;
}

export interface SimNet extends Net {
  /** From now on everything arrives. */
  heal(): void;
  /** Ends a calm start. */
  rage(): void;
}

export interface SimNetDeps {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly farEnd: FarEnd;
  readonly options: SimOptions["network"];
  readonly trace: Trace;
  /** Share of the writes that arrive after their sender has given them up. */
  readonly late?: number;
  /** Nothing goes wrong until somebody says so. */
  readonly calm?: boolean;
}

type Fault = "none" | "late" | "lost" | "cut" | "serverError" | "tooMany" | "truncated";

const LATE_MAX_MS = 30_000;

export function createSimNet({
  clock,
  random,
  farEnd,
  options,
  trace,
  late = 0,
  calm = false,
}: SimNetDeps): SimNet {
  let healed = calm;

  /** The sender hears nothing; much later the far end does what it was asked to. */
  function strand(request: NetRequest): boolean {
    if (late === 0 || healed || !request.url.includes(":batchUpdate") || random.float() >= late) return false;
    const { pathname } = new URL(request.url);
    const afterMs = request.timeoutMs + random.float() * LATE_MAX_MS;
    trace.note(`network late ${pathname}`);
    clock.wakeAt(clock.monotonicMs() + afterMs, () => {
      trace.note(`network delivers late ${pathname}`);
      farEnd.handle(request);
    });
    return true;
  }

  function fault(): Fault {
    let roll = random.float();
    if (healed) return "none";
    for (const kind of ["lost", "cut", "serverError", "tooMany", "truncated"] as const) {
      roll -= options[kind];
      if (roll < 0) return kind;
    }
    return "none";
  }

  async function carry(request: NetRequest): Promise<Result<NetResponse, NetError>> {
    const kind = strand(request) ? "late" : fault();
    const delaysMs = [random.float(), random.float()].map(
      (share) => share * (healed ? 50 : options.delayMaxMs),
    );
    const { pathname } = new URL(request.url);
    if (kind !== "none" && kind !== "late") trace.note(`network ${kind} ${pathname}`);
    await sleep(clock, delaysMs[0]!, request.signal);
    if (request.signal?.aborted) return err({ tag: "Aborted" });
    if (kind === "lost" || kind === "late") await sleep(clock, request.timeoutMs, request.signal);
    else if (kind === "serverError") return ok(page(500, "<h1>Error 500</h1>"));
    else if (kind === "tooMany") return ok(page(429, '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}'));
    const answer = kind === "lost" || kind === "late" ? null : farEnd.handle(request);
    await sleep(clock, delaysMs[1]!, request.signal);
    if (request.signal?.aborted) return err({ tag: "Aborted" });
    if (!answer) return err({ tag: "TimedOut", timeoutMs: request.timeoutMs });
    if (kind === "cut") return err({ tag: "Unreachable", detail: "the connection was cut" });
    if (answer.body.length > request.bytesMax) return err({ tag: "TooLarge", bytesMax: request.bytesMax });
    if (kind !== "truncated") return ok(answer);
    return ok({ ...answer, body: answer.body.slice(0, Math.floor(answer.body.length * random.float())) });
  }

  return {
    request: (request) => withTimeout(carry(request), request, clock),
    heal() {
      healed = true;
    },
    rage() {
      healed = false;
    },
  };
}

/** The slowest answers lose against the request's own bound. */
function withTimeout(
  answer: Promise<Result<NetResponse, NetError>>,
  { timeoutMs }: NetRequest,
  clock: Clock,
): Promise<Result<NetResponse, NetError>> {
  return new Promise((resolve) => {
    const cancel = clock.wakeAt(clock.monotonicMs() + timeoutMs, () =>
      resolve(err({ tag: "TimedOut", timeoutMs })),
    );
    void answer.then((result) => {
      cancel();
      resolve(result);
    });
  });
}

function page(status: number, text: string): NetResponse {
  return { status, headers: {}, body: new TextEncoder().encode(text) };
}
