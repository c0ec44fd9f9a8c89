/** The page that one writes without the client: asks for all rows as JSON every second, and looks for what is new. */
const state = { loadedMs: 0, changes: 0, total: 0 };
let rows: Record<string, unknown>[] = [];

async function poll(): Promise<void> {
  const answer = await fetch("/rows.json");
  const next = ((await answer.json()) as { rows: Record<string, unknown>[] }).rows;
  if (state.loadedMs > 0) {
    for (const [index, row] of next.entries()) {
      for (const key in row) if (rows[index]?.[key] !== row[key]) state.changes++;
    }
  }
  rows = next;
  state.total = rows.length;
  state.loadedMs ||= performance.now();
}
void poll();
setInterval(poll, 1_000);
Object.assign(globalThis, { state });
