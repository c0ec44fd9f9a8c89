/** The y-websocket side of the daemon: who may join which document, and what reaches whom. */
import { CLOSE } from "#contract/close-codes.ts";
import { type DocumentName, mirrorName, parseDocumentName } from "#contract/document-name.ts";
import { KEEPALIVE_FRAME } from "#contract/frames.ts";
import type { Result } from "#contract/result.ts";
import { createConnectLimits } from "../access/connect-limits.ts";
import { createCounter } from "../access/counter.ts";
import type { Gate } from "../access/gate.ts";
import { type Grant, may } from "../access/grant.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { createBearers, noRight } from "./bearers.ts";
import type { DocumentStore } from "./document-store.ts";
import type { EditsPlace } from "./edits.ts";
import type { EditsRooms } from "./edits-documents.ts";
import { createFrameMeter } from "./frame-meter.ts";
import { createJoinGate } from "./join-gate.ts";
import { SYNC_LIMITS, type SyncLimits } from "./limits.ts";
import type { SharedDocument } from "./live-document.ts";
import { createRoom, type Room } from "./room.ts";
import type { RoomDocument } from "./room-document.ts";
import {
  type Admitted,
  createSession,
  type Refusal,
  type Session,
  type SessionHost,
  type Visitor,
} from "./session.ts";
import type { ConnectRequest, Publish, Socket } from "./socket.ts";
import type { OpenViewError, Views } from "./views.ts";

export interface SyncServer {
  /**
   * How long who asks for a socket has to wait before trying again, in ms; 0: come in. Asked before the socket is
   * opened: stock clients up to 3.0 come back ten times a second when they are let in and closed.
   */
  waitMs(request: ConnectRequest): number;
  connect(socket: Socket, request: ConnectRequest): Session;
  /** Open sessions. */
  readonly sessions: number;
  /** Ends all sessions with 1012: come back to the next daemon. */
  close(): void;
}

export interface SyncServerDeps {
  readonly documents: DocumentStore;
  /** Absent: there are none. */
  readonly views?: Pick<Views, "open">;
  /** Absent: nobody may edit. */
  readonly edits?: EditsRooms;
  readonly gate: Gate;
  readonly publish: Publish;
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  /** Whether a document that is not there yet may come soon: its source has not been read yet. */
  readonly isExpected: (source: string) => boolean;
  readonly limits?: SyncLimits;
  /** Somebody looks at a document of the source until the returned function is called. */
  readonly watch?: (source: string) => () => void;
}

/** Stock clients hang up after 30 s without a message and look every 3 s. */
const KEEPALIVE_MS = 15_000;
/** The topic of sessions that follow no document yet; no document's name looks like it. */
const LOBBY = "*";
/** Large answers in sockets' buffers at once; what the allocator holds for them is two to three times as much. */
const JOIN_BYTES_MAX = 64 * 1024 * 1024;

export function createSyncServer(deps: SyncServerDeps): SyncServer {
  const { documents, publish, metrics, limits = SYNC_LIMITS } = deps;
  const { clock } = deps.runtime;
  const addresses = createConnectLimits({ clock, ...limits });
  const subjects = createCounter(limits.connectionsPerTokenMax);
  const rooms = new Map<string, Room>();
  const joins = createJoinGate(JOIN_BYTES_MAX);
  const bearers = createBearers(deps.gate);
  let sessions = 0;
  let cancelKeepAlive = clock.wakeAt(clock.monotonicMs() + KEEPALIVE_MS, keepAlive);

  const stopUpdates = documents.onUpdate((name, update) => {
    rooms.get(name)?.deliver(update);
  });
  const stopRemoved = documents.onRemoved(onRemoved);
  const stopEdits = [
    deps.edits?.onUpdate((name, update) => rooms.get(name)?.deliver(update)),
    deps.edits?.onRemoved(onRemoved),
  ];

  function onRemoved(name: string): void {
    rooms.get(name)?.endAll(CLOSE.noSuchDocument, "the document was deleted");
    rooms.delete(name);
  }

  function keepAlive(): void {
    cancelKeepAlive = clock.wakeAt(clock.monotonicMs() + KEEPALIVE_MS, keepAlive);
    publish(LOBBY, KEEPALIVE_FRAME);
    bearers.look();
    for (const room of rooms.values()) room.keepAlive();
  }

  async function admit(request: ConnectRequest, visitor: Visitor): Promise<Admitted> {
    if (request.foreignOrigin !== undefined) {
      return refused(CLOSE.forbidden, "pages of this origin may not connect: see SHEETWIRE_ORIGINS");
    }
    const admission = await deps.gate.admit(request.token, request.address);
    if (admission.tag === "CannotTell") return refused(CLOSE.overloaded, "the token cannot be checked now");
    if (admission.tag === "SlowDown") return refused(CLOSE.overloaded, "too many wrong tokens: wait a while");
    if (admission.tag === "NoToken")
      return refused(CLOSE.token, "a token is required: pass params: { token }");
    if (admission.tag === "WrongToken") return refused(CLOSE.token, "the token is not valid");
    // Its socket may have closed meanwhile: who has left already must not be counted.
    if (visitor.ended) return refused(CLOSE.token, "the session has ended");
    if (!subjects.enter(admission.grant.subject)) {
      return refused(CLOSE.overloaded, "this token has as many connections as it may");
    }
    visitor.grant = admission.grant;
    const name = parseDocumentName(request.room);
    if (!name.ok) return refused(CLOSE.noSuchDocument, name.error.why);
    const { source, tab, view, kind } = name.value;
    const target = { source, tab, ...(view === "" ? {} : { view }) };
    const action = kind === "edits" ? "write" : "read";
    if (!may(admission.grant, action, target)) return refused(CLOSE.forbidden, noRight(action));
    bearers.enter(visitor, action, target);
    return kind === "edits" && deps.edits
      ? admitToEdits({ source, tab, subject: admission.grant.subject }, deps.edits, request.room)
      : admitToRead(name.value, request, admission.grant);
  }

  async function admitToRead(name: DocumentName, request: ConnectRequest, grant: Grant): Promise<Admitted> {
    const opened = await open(name, request.room, grant);
    if (!opened.ok) {
      switch (opened.error.tag) {
        case "MissingClaim":
          return refused(
            CLOSE.forbidden,
            `the view needs the claim ${opened.error.claim}, which the token lacks`,
          );
        case "StorageError":
          return refused(CLOSE.overloaded, "the storage does not answer");
        case "NoSuchDocument":
          return missing(name.source, request.room);
      }
    }
    const document = opened.value;
    if (request.epoch && request.epoch !== document.meta().epoch) {
      return refused(CLOSE.epoch, "another history: start from an empty document");
    }
    const { source } = document.meta();
    return { tag: "Admitted", enter: () => enter(document, source, documents.retain) };
  }

  /** Each subject has a document of its own under the room's name; it belongs to a tab that is there. */
  async function admitToEdits(place: EditsPlace, edits: EditsRooms, room: string): Promise<Admitted> {
    const known = await documents.has(mirrorName(place.source, place.tab));
    if (!known.ok) return refused(CLOSE.overloaded, "the storage does not answer");
    if (!known.value) return missing(place.source, room);
    const document = await edits.open(place);
    return { tag: "Admitted", enter: () => enter(document, place.source, edits.retain) };
  }

  function missing(source: string, room: string): Refusal {
    if (deps.isExpected(source)) return refused(CLOSE.slow, "the source is still being read: try again");
    return refused(CLOSE.noSuchDocument, `no document ${room}`);
  }

  function open(
    name: DocumentName,
    room: string,
    { claims = {} }: Grant,
  ): Promise<Result<SharedDocument, OpenViewError>> {
    return name.kind === "view" && deps.views ? deps.views.open(name, claims) : documents.open(room);
  }

  function enter(
    document: RoomDocument,
    source: string,
    retain: (name: string) => () => void,
  ): Room | Refusal {
    if (document.ended === "removed") return refused(CLOSE.noSuchDocument, "the document was deleted");
    if (document.ended) return refused(CLOSE.slow, "the document was just unloaded: try again");
    const known = rooms.get(document.name);
    if (known) return known;
    if (rooms.size >= limits.documentsOpenMax) {
      return refused(CLOSE.overloaded, "too many documents are open: try again later");
    }
    const release = retain(document.name);
    const unwatch = deps.watch?.(source);
    const onEmpty = (): void => {
      rooms.delete(document.name);
      release();
      unwatch?.();
    };
    const room = createRoom(document, { clock, publish, joins, limits, onSent: metrics.egress, onEmpty });
    rooms.set(document.name, room);
    return room;
  }

  const host: SessionHost = {
    clock,
    limits,
    meter: createFrameMeter(clock, limits.framesPerSecondMax),
    lobby: LOBBY,
    onSent: metrics.egress,
    admit,
    left(visitor) {
      sessions--;
      metrics.connections(-1);
      bearers.leave(visitor);
      if (visitor.grant) subjects.leave(visitor.grant.subject);
      addresses.closed(visitor.address);
    },
  };
  return {
    waitMs: ({ address, token }) => deps.gate.waitMs(token, address) || addresses.waitMs(address),
    connect(socket, request) {
      addresses.opened(request.address);
      sessions++;
      metrics.connections(1);
      return createSession(socket, request, host);
    },
    get sessions() {
      return sessions;
    },
    close() {
      cancelKeepAlive();
      stopUpdates();
      stopRemoved();
      for (const stop of stopEdits) stop?.();
      bearers.close();
      for (const room of rooms.values()) room.endAll(CLOSE.restart, "the server restarts");
      rooms.clear();
    },
  };
}

function refused(code: number, reason: string): Refusal {
  return { tag: "Refused", code, reason };
}
