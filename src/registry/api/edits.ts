import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { mirrorName } from "#contract/document-name.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { type Grant, may } from "../../access/grant.ts";
import type { Arrival, EditDesk } from "../../actors/edits/edit-desk.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Documents } from "../../sync/documents.ts";
import { editsSchema, wishesOf } from "../edit-body.ts";
import {
  type ClaimError,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  type Idempotency,
  type KeyUse,
  PLAN_BYTES_MAX,
} from "../idempotency.ts";
import type { Registry } from "../registry.ts";
import { createTakeOnce, type TakenOnce } from "../take-once.ts";
import { answers, cellSchema, jsonBody } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, registryProblem, storageProblem } from "./problems.ts";
import { receiptFor } from "./unread.ts";

export interface EditRoutesDeps {
  readonly registry: Pick<Registry, "get">;
  readonly documents: Pick<Documents, "open">;
  readonly desk: EditDesk;
  readonly idempotency: Idempotency;
  readonly grants: Grants;
  readonly permits: Permits;
  readonly runtime: Pick<Runtime, "clock" | "random">;
  readonly bodyBytesMax?: number | undefined;
}

type Place = { readonly id: string; readonly tab: string };

/** Proxies give up on an answer after a minute or less. */
const WAIT_S_MAX = 30;

const time = Type.String({ format: "date-time" });
export const receiptSchema = Type.Object({
  id: Type.String(),
  key: Type.String({ description: '"row:slot", "+name" or "-row".' }),
  state: Type.String({ enum: ["received", "writing", "confirmed", "conflict", "refused", "parked"] }),
  row: Type.Optional(Type.Integer({ description: "Of an added row, once it has an id." })),
  why: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  theirs: Type.Optional(cellSchema),
  value: Type.Optional(cellSchema),
  record: Type.Optional(Type.String({ description: "Id of the conflict or the dead letter." })),
  receivedAt: time,
  decidedAt: Type.Optional(time),
});

const WAIT_PARAMETER = {
  name: "wait",
  in: "query" as const,
  description: "Answer when the edits are decided, or after this many seconds.",
  schema: { type: "integer" as const, minimum: 0, maximum: WAIT_S_MAX },
};

/** Edits without Yjs: the same outbox and the same outcomes as those of an edits document. */
export function editRoutes(deps: EditRoutesDeps) {
  const { registry, documents, desk, idempotency, grants, permits, runtime } = deps;
  const tags = ["Edits"];
  const once = createTakeOnce({ desk, idempotency, random: runtime.random });

  async function columnsOf({ id, tab }: { id: string; tab: string }) {
    const source = await registry.get(id);
    if (!source.ok) return err(registryProblem(source.error));
    const document = await documents.open(mirrorName(id, tab));
    if (document.ok) return ok(document.value.baseline().columns);
    if (document.error.tag === "StorageError") return err(storageProblem(document.error));
    return err(problem("unknown-tab", { detail: `Source "${id}" has no tab "${tab}".` }));
  }

  async function answerOf({ receipts }: TakenOnce, waitMs: number, grant: Grant, place: Place) {
    const now = await Promise.all(
      receipts.map(async (receipt) =>
        waitMs === 0 || isDecided(receipt)
          ? receipt
          : ((await desk.decided(place.id, receipt.id, waitMs)) ?? receipt),
      ),
    );
    const target = { source: place.id, tab: place.tab };
    return Response.json(
      { receipts: now.map((receipt) => receiptFor(grant, target, receipt)) },
      { status: now.every(isDecided) ? 200 : 202 },
    );
  }

  return new Elysia({ name: "edits" })
    .use(permits)
    .post(
      "/datasources/:id/tabs/:tab/edits",
      async ({ params, request }) => {
        const waitMs = parseWait(request);
        if (!waitMs.ok) return invalid([waitMs.error]);
        const body = await readJson(request, deps.bodyBytesMax);
        const grant = grants.get(request)!;
        const { subject } = grant;
        const use = keyUse(request, "edits", { subject, place: params, body });
        // Asked first: the columns may be others by now.
        const before = await once.before(use);
        if (!before.ok) return claimProblem(before.error);
        if (before.value) return answerOf(before.value, waitMs.value, grant, params);
        const columns = await columnsOf(params);
        if (!columns.ok) return columns.error;
        // Checked before the key is bound: a request with mistakes may be sent again, mended, under its key.
        const wishes = wishesOf(body, columns.value, (index) => String(index));
        if (!wishes.ok) return invalid(wishes.error);
        const taken = await once.take(use, (name) =>
          wishes.value.map(({ key, wish }, index): Arrival => {
            const id = `${name}-${index}`;
            return {
              id,
              source: params.id,
              tab: params.tab,
              key: wish.tag === "add" ? `+${id}` : key,
              wish: wish.tag === "add" ? { ...wish, name: id } : wish,
              subject,
              atMs: runtime.clock.nowMs(),
              via: "rest",
              cause: `request:${name}`,
            };
          }),
        );
        return taken.ok ? answerOf(taken.value, waitMs.value, grant, params) : claimProblem(taken.error);
      },
      {
        permit: "write",
        detail: {
          tags,
          summary: "Edit cells and rows",
          description:
            "Takes all edits durably, or none where the body has mistakes; then each has its own fate. 202: some are on their way still; ask for their receipts, or wait. With a base an edit replaces that value alone: another one there is a conflict.",
          parameters: [
            WAIT_PARAMETER,
            {
              name: "Idempotency-Key",
              in: "header" as const,
              description: "Makes it harmless to send the request again; good for seven days.",
              schema: { type: "string" as const, maxLength: IDEMPOTENCY_KEY_LENGTH_MAX },
            },
          ],
          requestBody: jsonBody(editsSchema),
          responses: answers(
            202,
            "A receipt for each edit, in their order; status 200 when all are decided.",
            Type.Object({ receipts: Type.Array(receiptSchema) }),
          ),
        },
      },
    )
    .get(
      "/datasources/:id/tabs/:tab/edits/:edit",
      async ({ params, request }) => {
        const waitMs = parseWait(request);
        if (!waitMs.ok) return invalid([waitMs.error]);
        const { id, tab, edit } = params;
        const grant = grants.get(request)!;
        const owner = await desk.ownerOf(id, edit);
        const isMine = owner?.subject === grant.subject || may(grant, "admin", { source: id, tab });
        // Whether it is there is nobody's business who may not see it.
        if (owner?.tab === tab && isMine) {
          const receipt =
            waitMs.value === 0 ? await desk.receipt(id, edit) : await desk.decided(id, edit, waitMs.value);
          if (receipt) return Response.json(receiptFor(grant, { source: id, tab }, receipt));
        }
        return problem("unknown-edit", {
          detail: `You have no edit "${edit}" in ${id}/${tab}: receipts are kept for some days only.`,
        });
      },
      {
        permit: "write",
        detail: {
          tags,
          summary: "Where one edit is",
          description:
            "For its author, and for who administers the tab. Values are told to who may read the tab alone.",
          parameters: [WAIT_PARAMETER],
          responses: answers(200, "Its receipt.", receiptSchema),
        },
      },
    );
}

const DECIDED: ReadonlySet<Receipt["state"]> = new Set(["confirmed", "conflict", "refused", "parked"]);

function isDecided({ state }: Receipt): boolean {
  return DECIDED.has(state);
}

function parseWait(request: Request): Result<number, FieldProblem> {
  const given = new URL(request.url).searchParams.get("wait");
  if (given === null) return ok(0);
  if (/^\d{1,2}$/.test(given) && Number(given) <= WAIT_S_MAX) return ok(Number(given) * 1_000);
  return err({ field: "wait", problem: `is "${given}"`, fix: `use whole seconds from 0 to ${WAIT_S_MAX}` });
}

/** How a request is told apart; null: it has no Idempotency-Key. */
export function keyUse(
  request: Request,
  scope: string,
  { subject, place, body }: { readonly subject: string; readonly place: Place; readonly body: unknown },
): KeyUse | null {
  const key = request.headers.get("idempotency-key");
  return key === null ? null : { scope, subject, key, payload: [place, body], source: place.id };
}

export function claimProblem(error: ClaimError): Response {
  switch (error.tag) {
    case "OtherPayload":
      return problem("key-reused", {
        detail: "The Idempotency-Key stood on another request before: use a new key for a new request.",
      });
    case "BadKey":
      return invalid([
        {
          field: "Idempotency-Key",
          problem: `has not 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters`,
          fix: "use a random id, such as a UUID",
        },
      ]);
    case "TooLarge":
      return invalid([
        {
          field: "Idempotency-Key",
          problem: `would have to keep more than ${PLAN_BYTES_MAX} bytes of edits`,
          fix: "ask for a part at a time",
        },
      ]);
    case "StorageError":
      return storageProblem(error);
  }
}
