import { useEffect } from "preact/hooks";
import type { Table } from "../../../../client-sdk/src/index.ts";
import type { EditsApi } from "../rest/edits-api.ts";
import { undecided } from "./decide.ts";

const LOOK_MS = 4_000;
/** A look asks for each of them: more wait for the next looks. */
const ASKED_MAX = 5;

/** Takes the mark off a conflict that somebody has decided on another page. */
export function useDecidedElsewhere(api: Pick<EditsApi, "conflict">, table: Table): void {
  useEffect(() => {
    let turn = 0;
    const look = async (): Promise<void> => {
      const open = document.visibilityState === "visible" ? undecided(table) : [];
      const from = open.length === 0 ? 0 : (turn++ * ASKED_MAX) % open.length;
      for (const receipt of open.slice(from, from + ASKED_MAX)) {
        const answer = await api.conflict(receipt.status.record!);
        if (answer.ok && answer.value.state === "resolved") receipt.dismiss();
      }
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [api, table]);
}
