/** What a session needs of a WebSocket; Bun's own in production, a pair in process in tests and simulation. */
export interface Socket {
  send(frame: Uint8Array): void;
  /** Ends the socket; its `closed` comes afterwards. */
  close(code: number, reason: string): void;
  /** From now on the socket gets every frame published to `topic`, in order with what is sent to it. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Resolves when little of what was sent still waits for the client to read it, or when the socket is closed. */
  drained(): Promise<void>;
}

/** Sends a frame to all sockets subscribed to a topic. */
export type Publish = (topic: string, frame: Uint8Array) => void;

/** What the socket's opening request said. */
export interface ConnectRequest {
  /** Encoded document name: the path after /sync/. */
  readonly room: string;
  readonly token: string | null;
  /** The epoch that the client's copy belongs to, where it knows one. */
  readonly epoch: string | null;
  /** Where the client is, for limits. */
  readonly address: string;
  /** The origin of the page that asks, where pages of that origin may not. */
  readonly foreignOrigin?: string;
}
