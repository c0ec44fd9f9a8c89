/** The part of the REST API that speaks of exports, their templates, and files to keep. */
import type {
  CreateExportBody,
  ExportAnswer,
  UpdateExportBody,
} from "../../../../client-sdk/src/contract/exports.ts";
import type {
  PreviewParts,
  TemplateAnswer,
  TemplateSummary,
  TryTemplateBody,
} from "../../../../client-sdk/src/contract/templates.ts";
import type { Answer, Call } from "./call.ts";

export type FileFormat = "csv" | "xlsx" | "ndjson";

export interface ExportsApi {
  /** The newest first. */
  exports(): Answer<readonly ExportAnswer[]>;
  exportStatus(id: string): Answer<ExportAnswer>;
  /** The same `key` makes it once, however often it is sent. */
  createExport(body: CreateExportBody, key: string): Answer<ExportAnswer>;
  updateExport(id: string, body: UpdateExportBody, key: string): Answer<ExportAnswer>;
  retryExport(id: string): Answer<ExportAnswer>;
  cancelExport(id: string): Answer<ExportAnswer>;
  /** With `trash` its workbook goes to the owner's trash, too. */
  removeExport(id: string, trash: boolean): Answer<null>;

  templates(): Answer<readonly TemplateSummary[]>;
  template(id: string): Answer<TemplateAnswer>;
  /** `body` as it was typed: the daemon tells what is wrong with it. */
  createTemplate(body: unknown): Answer<TemplateAnswer>;
  removeTemplate(id: string): Answer<null>;
  previewTemplate(id: string, body: TryTemplateBody): Answer<PreviewParts>;
  /** Of one tab, or of the whole workbook as XLSX when `tab` is null. */
  templateFile(id: string, body: TryTemplateBody, format: FileFormat, tab: string | null): Answer<Blob>;
}

/** Data may be tens of megabytes and are checked before the answer. */
const DATA_TIMEOUT_MS = 120_000;
/** Tens of megabytes on a slow line. */
export const FILE_TIMEOUT_MS = 600_000;

export function createExportsApi(call: Call): ExportsApi {
  const sheets = "/api/v1/export/sheets";
  const templates = "/api/v1/export/templates";
  const at = (id: string, act = ""): string => `${sheets}/${encodeURIComponent(id)}${act}`;
  const template = (id: string, act = ""): string => `${templates}/${encodeURIComponent(id)}${act}`;
  const sent = (body: unknown, key: string) => ({
    body,
    headers: { "Idempotency-Key": key },
    timeoutMs: DATA_TIMEOUT_MS,
  });
  return {
    exports: () => call("GET", sheets),
    exportStatus: (id) => call("GET", at(id, "/status")),
    createExport: (body, key) => call("POST", `${sheets}/create`, sent(body, key)),
    updateExport: (id, body, key) => call("POST", at(id, "/update"), sent(body, key)),
    retryExport: (id) => call("POST", at(id, "/retry")),
    cancelExport: (id) => call("POST", at(id, "/cancel")),
    removeExport: (id, trash) => call("DELETE", `${at(id)}?file=${trash ? "trash" : "keep"}`),

    templates: () => call("GET", templates),
    template: (id) => call("GET", template(id)),
    createTemplate: (body) => call("POST", `${templates}/create`, { body }),
    removeTemplate: (id) => call("DELETE", template(id, "/delete")),
    previewTemplate: (id, body) =>
      call("POST", template(id, "/preview"), { body, timeoutMs: DATA_TIMEOUT_MS }),
    templateFile: (id, body, format, tab) =>
      call(
        "POST",
        `${template(id, "/download")}?${new URLSearchParams({ format, ...(tab !== null && { tab }) })}`,
        {
          body,
          as: "file",
          timeoutMs: FILE_TIMEOUT_MS,
        },
      ),
  };
}
