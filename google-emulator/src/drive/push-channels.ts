/** Channels by which Google calls who watches changes; the calls are handed out, never sent from here. */
import type { Caller } from "../oauth/caller.ts";
import type { ChangeLog } from "./change-log.ts";
import { roleOf } from "./file.ts";

/** A call that Google would make. */
export interface PushMessage {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Watcher {
  readonly id: string;
  readonly address: string;
  readonly caller: Caller;
  readonly token?: string;
}

interface Channel extends Watcher {
  readonly resourceId: string;
  readonly endsMs: number;
  /** Messages so far; numbers rise but need not follow each other. */
  messages: number;
  /** Up to which place of the feed the watcher was called. */
  place: number;
  greeted: boolean;
}

/** Unless a time is wished for; and the most for changes. */
const LIFE_MS = 3_600_000;
const LIFE_MAX_MS = 7 * 86_400_000;

export class PushChannels {
  private readonly channels = new Map<string, Channel>();

  /** Null when the id is taken. */
  open(
    watcher: Watcher,
    at: {
      readonly nowMs: number;
      readonly wishedMs: number;
      readonly place: number;
      readonly resourceId: string;
    },
  ): Channel | null {
    const known = this.channels.get(watcher.id);
    if (known && known.endsMs > at.nowMs) return null;
    const wishedMs = at.wishedMs > at.nowMs ? at.wishedMs : at.nowMs + LIFE_MS;
    const endsMs = Math.min(wishedMs, at.nowMs + LIFE_MAX_MS);
    const { resourceId, place } = at;
    const channel: Channel = { ...watcher, resourceId, endsMs, messages: 0, place, greeted: false };
    this.channels.set(watcher.id, channel);
    return channel;
  }

  close(id: string, resourceId: string): boolean {
    return this.channels.get(id)?.resourceId === resourceId && this.channels.delete(id);
  }

  /** What Google calls by now: `sync` first, then `change` when the feed grew. */
  take(changes: ChangeLog, nowMs: number): PushMessage[] {
    const messages: PushMessage[] = [];
    for (const channel of this.channels.values()) {
      if (channel.endsMs <= nowMs) this.channels.delete(channel.id);
      else {
        if (!channel.greeted) messages.push(message(channel, "sync"));
        channel.greeted = true;
        const fresh = changes.since(channel.place, nowMs);
        channel.place = changes.length(nowMs);
        if (fresh.some(({ file }) => roleOf(file, channel.caller) !== null)) {
          messages.push(message(channel, "change"));
        }
      }
    }
    return messages;
  }
}

function message(channel: Channel, state: "sync" | "change"): PushMessage {
  channel.messages += state === "sync" ? 1 : 2;
  return {
    address: channel.address,
    headers: {
      "content-type": "application/json; utf-8",
      "x-goog-channel-id": channel.id,
      ...(channel.token === undefined ? {} : { "x-goog-channel-token": channel.token }),
      "x-goog-channel-expiration": new Date(channel.endsMs).toUTCString(),
      "x-goog-resource-id": channel.resourceId,
      "x-goog-resource-uri": "https://www.googleapis.com/drive/v3/changes?alt=json",
      "x-goog-resource-state": state,
      "x-goog-message-number": String(channel.messages),
    },
  };
}
