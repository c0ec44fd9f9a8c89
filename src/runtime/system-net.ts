import { err, ok, type Result } from "#contract/result.ts";
import type { Clock } from "./clock.ts";
import type { Net, NetError, NetPart, NetRequest, NetResponse } from "./net.ts";

/**
 * HTTP over Bun's fetch. Redirects come back as they are, since the caller decides whether the next address may be
 * asked. Bodies come decoded; the headers that spoke of their encoded form are left out.
 */
export function createSystemNet(clock: Clock): Net {
  return {
    async request(request) {
      const end = new AbortController();
      let ending: NetError | null = null;
      const stop = (error: NetError): void => {
        ending ??= error;
        end.abort();
      };
      const onAbort = (): void => stop({ tag: "Aborted" });
      if (request.signal?.aborted) return err({ tag: "Aborted" });
      request.signal?.addEventListener("abort", onAbort);
      const arm = () =>
        clock.wakeAt(clock.monotonicMs() + request.timeoutMs, () =>
          stop({ tag: "TimedOut", timeoutMs: request.timeoutMs }),
        );
      let cancel = arm();
      const { onPart } = request;
      const handOver = (part: NetPart): void => {
        cancel();
        cancel = arm();
        onPart?.(part);
      };
      try {
        return await exchange(onPart ? { ...request, onPart: handOver } : request, end.signal);
      } catch (error) {
        return err(ending ?? { tag: "Unreachable", detail: detailOf(error, request.url) });
      } finally {
        cancel();
        request.signal?.removeEventListener("abort", onAbort);
      }
    },
  };
}

async function exchange(request: NetRequest, signal: AbortSignal): Promise<Result<NetResponse, NetError>> {
  const { url, headers: sent, tls } = target(request);
  const response = await fetch(url, {
    method: request.method,
    headers: sent,
    redirect: "manual",
    signal,
    // The request's own bound counts; Bun's is five minutes.
    timeout: false,
    ...(tls && { tls }),
    ...(request.body === undefined ? {} : { body: request.body as BodyInit }),
  } as RequestInit);
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  delete headers["content-encoding"];
  delete headers["content-length"];
  if (request.onPart) {
    for await (const bytes of partsOf(response)) request.onPart({ status, headers, bytes });
    return ok({ status, headers, body: new Uint8Array() });
  }
  const body = await readBody(response, request.bytesMax);
  if (body === null) return err({ tag: "TooLarge", bytesMax: request.bytesMax });
  return ok({ status, headers, body });
}

/** The address to dial in the URL; the name it was checked for in Host, in SNI and against the certificate. */
function target({ url, headers, connectTo }: NetRequest): {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly tls?: { readonly serverName: string };
} {
  const dialled = new URL(url);
  const { host, hostname, protocol } = dialled;
  if (connectTo === undefined || hostname.replace(/^\[(.*)\]$/, "$1") === connectTo) {
    return { url, headers: { ...headers } };
  }
  dialled.hostname = connectTo.includes(":") ? `[${connectTo}]` : connectTo;
  const own = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "host");
  return {
    url: dialled.href,
    headers: { ...Object.fromEntries(own), host },
    ...(protocol === "https:" && { tls: { serverName: hostname.replace(/\.$/, "") } }),
  };
}

async function* partsOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body) yield* body as unknown as AsyncIterable<Uint8Array>;
}

/** Null, and the rest of it never read, once the body exceeds `bytesMax`. */
async function readBody(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of partsOf(response)) {
    length += chunk.length;
    // Leaving the loop cancels the stream, which closes the connection.
    if (length > bytesMax) return null;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : new Uint8Array(Buffer.concat(chunks));
}

/** What fetch says, without the URL's query, where keys travel. */
function detailOf(error: unknown, url: string): string {
  const known = error instanceof Error ? error : new Error(String(error));
  const code = "code" in known && typeof known.code === "string" ? `${known.code}: ` : "";
  const question = url.indexOf("?");
  const query = question < 0 ? "" : url.slice(question);
  const detail = code + known.message;
  return query === "" ? detail : detail.replaceAll(query, "?...");
}
