/** The emulator's own endpoints, as the pages use them. */

export interface TabInfo {
  readonly sheetId: number;
  readonly title: string;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly filledRows: number;
}

export interface WorkbookInfo {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  readonly modified?: string;
  readonly tabs: readonly TabInfo[];
}

export interface ShownCell {
  readonly text: string;
  readonly kind: "string" | "number" | "boolean" | "empty" | "error";
  readonly formula?: string;
  readonly why?: string;
}

/** Without `rows`: nothing changed since the version that was asked about. */
export interface WindowAnswer extends Partial<WorkbookInfo> {
  readonly version: number;
  readonly tab?: number;
  readonly from?: number;
  readonly rows?: readonly (readonly ShownCell[])[];
}

export async function listWorkbooks(): Promise<readonly WorkbookInfo[]> {
  const { workbooks } = await ask<{ workbooks: readonly WorkbookInfo[] }>("GET", "workbooks");
  return workbooks;
}

export async function addWorkbook(title: string): Promise<string> {
  const seed = { title, tabs: [{ title: "Sheet1" }] };
  return (await ask<{ id: string }>("POST", "workbooks", seed)).id;
}

export function readWindow(
  id: string,
  query: { tab: number | null; from: number; count: number; since: number },
): Promise<WindowAnswer> {
  const text = new URLSearchParams({
    ...(query.tab === null ? {} : { tab: String(query.tab) }),
    from: String(query.from),
    count: String(query.count),
    since: String(query.since),
  });
  return ask("GET", `workbooks/${encodeURIComponent(id)}/window?${text}`);
}

/** One action of a person, by the name it has in the package ("setCell", "insertRows", ...). */
export async function act(id: string, action: string, ...args: readonly unknown[]): Promise<void> {
  await ask("POST", `workbooks/${encodeURIComponent(id)}/person`, { do: action, args });
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/emulator/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(String(answer.detail ?? response.statusText));
  return answer as T;
}
