import type { Result } from "#contract/result.ts";

/** One HTTP exchange with a bound on its time and size; the body is read fully before it resolves. */
export interface Net {
  request(request: NetRequest): Promise<Result<NetResponse, NetError>>;
}

export interface NetRequest {
  readonly method: string;
  /** May hold secrets in its query: never log it whole. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** From the call to the last byte of the body. */
  readonly timeoutMs: number;
  /** Of the decoded body; more ends the exchange with TooLarge. */
  readonly bytesMax: number;
  readonly signal?: AbortSignal;
  /** IP address to connect to instead of resolving the URL's host, which stays in Host and in the certificate check. */
  readonly connectTo?: string;
  /**
   * Given, the body is handed over part by part as it comes. It is then neither kept nor bounded, and `timeoutMs`
   * counts anew with each part.
   */
  readonly onPart?: (part: NetPart) => void;
}

export interface NetPart extends Pick<NetResponse, "status" | "headers"> {
  readonly bytes: Uint8Array;
}

export interface NetResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type NetError =
  | { readonly tag: "Unreachable"; readonly detail: string }
  | { readonly tag: "TimedOut"; readonly timeoutMs: number }
  | { readonly tag: "TooLarge"; readonly bytesMax: number }
  | { readonly tag: "Aborted" };
