/** A small stand-in for the daemon: the public REST and the sync protocol as far as the live page uses them. */
import * as Y from "yjs";
import type { AccountAnswer } from "#contract/accounts.ts";
import type { DeadLetterAnswer } from "#contract/edits-rest.ts";
import { decodeFrame, syncStep2Frame, updateFrame } from "#contract/frames.ts";
import type { PreviewAnswer, Problem, RegisterBody, SourceAnswer, UpdateBody } from "#contract/rest.ts";
import { buildUi, serveUi, type UiAssets } from "../../src/registry/ui-assets.ts";

export const TOKEN = "admin-token-of-the-fixture";

export interface LivePageServer {
  readonly url: string;
  sources: SourceAnswer[];
  /** By encoded document name. */
  readonly documents: Map<string, Y.Doc>;
  /** Bodies that were registered, newest last. */
  readonly registered: RegisterBody[];
  accounts: AccountAnswer[];
  deadLetters: DeadLetterAnswer[];
  /** What every preview shows. */
  preview: PreviewAnswer;
  /** Bodies that were previewed, newest last. */
  readonly previewed: RegisterBody[];
  /** What was done to sources, such as "pause demo", newest last. */
  readonly acts: string[];
  /** Bodies of updates, newest last. */
  readonly updates: UpdateBody[];
  /** Answers the next preview, registration or update with this problem. */
  refuseWith: Problem | null;
  /** Answers nothing but the page while true. */
  down: boolean;
  /** Closes all sockets. */
  drop(code: number): void;
  stop(): Promise<void>;
}

interface Attached {
  readonly room: string;
  undo: () => void;
}

export async function startLivePageServer(): Promise<LivePageServer> {
  const assets: UiAssets = await buildUi();
  const sockets = new Set<Bun.ServerWebSocket<Attached>>();
  const state = {
    sources: [] as SourceAnswer[],
    documents: new Map<string, Y.Doc>(),
    registered: [] as RegisterBody[],
    accounts: [] as AccountAnswer[],
    deadLetters: [] as DeadLetterAnswer[],
    preview: { tabs: [], notices: [] } as PreviewAnswer,
    previewed: [] as RegisterBody[],
    acts: [] as string[],
    updates: [] as UpdateBody[],
    refuseWith: null as Problem | null,
    down: false,
  };

  const server = Bun.serve<Attached>({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, listening) {
      const page = serveUi(request, assets);
      if (page) return page;
      const url = new URL(request.url);
      if (url.pathname.startsWith("/sync/")) {
        const room = url.pathname.slice("/sync/".length);
        if (state.down) return new Response(null, { status: 503 });
        return listening.upgrade(request, { data: { room, undo: () => {} } })
          ? undefined
          : new Response(null);
      }
      if (state.down) return new Response(null, { status: 502 });
      return answer(request, url, state);
    },
    websocket: {
      open(socket) {
        const doc = state.documents.get(socket.data.room);
        if (!doc) return socket.close(4404, "no such document");
        sockets.add(socket);
        const send = (update: Uint8Array): void => void socket.send(updateFrame(update));
        doc.on("update", send);
        socket.data.undo = () => doc.off("update", send);
      },
      message(socket, message) {
        const doc = state.documents.get(socket.data.room);
        const frame = decodeFrame(new Uint8Array(message as unknown as Buffer));
        if (doc && frame.ok && frame.value.type === "syncStep1") {
          socket.send(syncStep2Frame(Y.encodeStateAsUpdate(doc, frame.value.stateVector)));
        }
      },
      close(socket) {
        socket.data.undo();
        sockets.delete(socket);
      },
    },
  });
  return Object.assign(state, {
    url: `http://127.0.0.1:${server.port}`,
    drop(code: number) {
      for (const socket of sockets) socket.close(code);
    },
    stop: () => server.stop(true),
  });
}

type State = Omit<LivePageServer, "url" | "documents" | "down" | "drop" | "stop">;

async function answer(request: Request, url: URL, state: State): Promise<Response> {
  if (request.headers.get("Authorization") !== `Bearer ${TOKEN}`) {
    return problem({ title: "The token is not known", status: 401, detail: "this token is not known" });
  }
  if (url.pathname === "/datasources") return Response.json(state.sources);
  if (url.pathname === "/api/v1/accounts") return Response.json(state.accounts);
  if (url.pathname === "/api/v1/deadletters") return Response.json({ deadLetters: state.deadLetters });
  const [, letter, requeue] = /^\/api\/v1\/deadletters\/([^/]+)(\/requeue)?$/.exec(url.pathname) ?? [];
  if (letter) {
    state.acts.push(`${requeue ? "requeue" : "discard"} ${letter}`);
    state.deadLetters = state.deadLetters.filter(({ id }) => id !== letter);
    return requeue ? Response.json({}, { status: 202 }) : new Response(null, { status: 204 });
  }
  if (url.pathname === "/api/v1/accounts/google/connect") {
    return Response.json({ authorizationUrl: "https://accounts.example/consent" });
  }
  if (state.refuseWith) {
    const refusal = state.refuseWith;
    state.refuseWith = null;
    return problem(refusal);
  }
  if (url.pathname === "/datasources/preview") {
    state.previewed.push((await request.json()) as RegisterBody);
    return Response.json(state.preview);
  }
  if (url.pathname === "/datasources/register") {
    const body = (await request.json()) as RegisterBody;
    state.registered.push(body);
    const source = fixtureSource({ id: "added", name: body.name, url: body.url, state: "loading", tabs: [] });
    state.sources = [...state.sources, source];
    return Response.json(source, { status: 201 });
  }
  const [, id, verb] = /^\/datasources\/([^/]+)\/(poll|pause|resume|update|delete)$/.exec(url.pathname) ?? [];
  if (id && verb) return act(request, id, verb, state);
  return problem({ title: "There is nothing at this address", status: 404, detail: url.pathname });
}

async function act(request: Request, id: string, verb: string, state: State): Promise<Response> {
  state.acts.push(`${verb} ${id}`);
  const change = (part: Partial<SourceAnswer>): void => {
    state.sources = state.sources.map((source) => (source.id === id ? { ...source, ...part } : source));
  };
  if (verb === "pause") change({ state: "paused" });
  if (verb === "resume") change({ state: "live" });
  if (verb === "update") {
    const body = (await request.json()) as UpdateBody;
    state.updates.push(body);
    change(body as unknown as Partial<SourceAnswer>);
  }
  if (verb === "delete") {
    state.sources = state.sources.filter((source) => source.id !== id);
    return new Response(null, { status: 204 });
  }
  return Response.json(state.sources.find((source) => source.id === id) ?? null);
}

function problem(body: Omit<Problem, "type">): Response {
  const headers = { "Content-Type": "application/problem+json" };
  return Response.json({ type: "about:blank", ...body }, { status: body.status, headers });
}

export function fixtureSource(part: Partial<SourceAnswer> & Pick<SourceAnswer, "id" | "name">): SourceAnswer {
  const now = new Date().toISOString();
  return {
    type: "googleSheet",
    url: "http://127.0.0.1:9/spreadsheets/d/sample/edit",
    pollingInterval: 2000,
    state: "live",
    tabs: [],
    createdAt: now,
    updatedAt: now,
    lastPollAt: now,
    ...part,
  };
}
