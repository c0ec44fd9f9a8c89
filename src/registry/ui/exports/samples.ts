/** Exports for programs: the same acts with curl and with the command line. */
import type { CreateExportBody, UpdateExportBody } from "../../../../client-sdk/src/contract/exports.ts";
import type { ExportData, LiveData } from "../../../../client-sdk/src/contract/templates.ts";
import { CURL, type Samples } from "../parts/code-sample.tsx";
import { shellWord } from "../parts/shell-word.ts";

/** Longer bodies are sent from a file: nobody reads a screenful of data in a command. */
const INLINE_CHARACTERS_MAX = 600;
const JSON_HEADER = '-H "Content-Type: application/json"';

/** Of a list; a longer one is cut before anything is made of it, since data may be tens of megabytes. */
const LIST_ITEMS_MAX = 20;

/** A POST of `body`; a long one stands in `file`. */
export function post(address: string, body: unknown, file: string): string {
  let isCut = false;
  const text = JSON.stringify(body, (_, value) => {
    if (!Array.isArray(value) || value.length <= LIST_ITEMS_MAX) return value;
    isCut = true;
    return [value[0], "..."];
  });
  const isShort = !isCut && text.length <= INLINE_CHARACTERS_MAX;
  const head = isShort ? "" : `# ${file} holds the body: ${text.slice(0, INLINE_CHARACTERS_MAX)}\n`;
  return `${head}${CURL} ${JSON_HEADER} \\\n  -d ${isShort ? shellWord(text) : `@${file}`} ${shellWord(address)}`;
}

export function createSamples(body: CreateExportBody, origin: string): Samples {
  const { template, title, data, share = [], folder, account, key, edits } = body;
  const curl = post(`${origin}/api/v1/export/sheets/create`, body, "export.json");
  const people = share.every(({ type = "user", notify }) => type === "user" && !notify);
  // What the command line has no option for is shown with curl alone.
  if (!people || edits !== undefined || (isLive(data) && data.view !== undefined)) return { curl };
  const options = [
    `--title ${shellWord(title || "My export")}`,
    dataOption(data),
    ...(key === undefined ? [] : [`--key ${shellWord(key)}`]),
    ...(account === undefined ? [] : [`--account ${shellWord(account)}`]),
    ...(folder === undefined ? [] : [`--folder ${shellWord(folder)}`]),
    ...share.map(({ role, email = "" }) => `--share ${shellWord(`${role}:${email}`)}`),
  ];
  return { curl, cli: `sheetwire export create ${shellWord(template)} ${options.join(" ")} --wait` };
}

export function updateSamples(id: string, body: UpdateExportBody, origin: string): Samples {
  const { data, update_type, key } = body;
  const curl = post(`${origin}/api/v1/export/sheets/${id}/update`, body, "update.json");
  if (isLive(data) && data.view !== undefined) return { curl };
  const by = key === undefined ? "" : ` --key ${shellWord(key)}`;
  return {
    curl,
    cli: `sheetwire export update ${id} --type ${update_type} ${dataOption(data)}${by} --wait`,
  };
}

function dataOption(data: ExportData): string {
  return isLive(data) ? `--live ${shellWord(`${data.source}/${data.tab}`)}` : "--data data.json";
}

function isLive(data: ExportData): data is LiveData {
  return "source" in data && typeof data.source === "string" && "tab" in data;
}
