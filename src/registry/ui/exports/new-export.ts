/** What the form for a new export holds, and the request that it makes. */
import type {
  CreateExportBody,
  ExportShare,
  HandEdits,
} from "../../../../client-sdk/src/contract/exports.ts";
import type { ExportData } from "../../../../client-sdk/src/contract/templates.ts";
import { EMPTY_GIVEN, type GivenForm } from "./given-data.ts";

export interface NewShare {
  readonly type: NonNullable<ExportShare["type"]>;
  readonly role: ExportShare["role"];
  /** An address or a domain. */
  readonly who: string;
  readonly notify: boolean;
}

export const EMPTY_SHARE: NewShare = { type: "user", role: "reader", who: "", notify: false };

export interface NewExport extends GivenForm {
  readonly template: string;
  readonly title: string;
  readonly share: readonly NewShare[];
  readonly folder: string;
  /** Empty: the daemon's default. */
  readonly account: string;
  readonly key: string;
  readonly edits: HandEdits;
}

export const EMPTY_EXPORT: NewExport = {
  ...EMPTY_GIVEN,
  template: "table",
  title: "",
  share: [],
  folder: "",
  account: "",
  key: "",
  edits: "overwrite",
};

export function createBody(form: NewExport, data: ExportData): CreateExportBody {
  const [folder, key] = [folderId(form.folder), form.key.trim()];
  return {
    template: form.template,
    title: form.title.trim(),
    data,
    ...(form.share.length > 0 && { share: form.share.map(shareOf) }),
    ...(folder !== "" && { folder }),
    ...(form.account !== "" && { account: form.account }),
    ...(key !== "" && { key }),
    ...(form.edits === "keep" && { edits: form.edits }),
  };
}

function shareOf({ type, role, who, notify }: NewShare): ExportShare {
  const name = who.trim();
  return {
    type,
    role,
    ...(type !== "anyone" && name !== "" && { [type === "domain" ? "domain" : "email"]: name }),
    ...(notify && type !== "anyone" && { notify }),
  };
}

/** People paste a folder's address as readily as its id. */
function folderId(text: string): string {
  return /\/folders\/([A-Za-z0-9_-]+)/.exec(text)?.[1] ?? text.trim();
}
