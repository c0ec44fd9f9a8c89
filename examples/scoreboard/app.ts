/** The match of the day on a large screen. A click on a score adds a goal, for everybody and in the sheet. */
import { connect, type Table } from "@sheetwire/client";

interface Match {
  readonly Home: string | null;
  readonly Away: string | null;
  readonly "Home score": number | null;
  readonly "Away score": number | null;
  readonly Status: string | null;
}
type Side = "Home score" | "Away score";

const board = document.getElementById("board")!;
const { url, token } = (await (await fetch("/settings.json")).json()) as { url: string; token: string };
const matches: Table<Match> = connect({ url, token }).table<Match>("demo/Matches");

function score(id: number, side: Side): HTMLElement {
  const cell = matches.cell(id, side);
  const button = document.createElement("button");
  button.textContent = String(cell?.value ?? "–");
  button.dataset.side = side;
  button.className = cell?.edit || cell?.unconfirmed ? "pending" : "";
  button.onclick = () => matches.set(id, side, Number(cell?.value ?? 0) + 1);
  return button;
}

function show(): void {
  const match = matches.find(({ Status }) => Status === "Live") ?? matches.rows[0];
  if (!match) return;
  const { $row: id, Home, Away } = match;
  board.replaceChildren(`${Home} `, score(id, "Home score"), " : ", score(id, "Away score"), ` ${Away}`);
  // Old scores must not pass for live ones.
  document.body.style.opacity = matches.status.state === "live" ? "1" : "0.4";
}
matches.subscribe(show);
