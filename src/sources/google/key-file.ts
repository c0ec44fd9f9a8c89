/** Key files of service accounts: as Google's console gives them out, and as the configuration lets sources use them. */
import type { ServiceAccountKey } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { parsePrivateKey } from "./service-account.ts";

/** Reads what the configuration allows; passed in from above, where files may be read. */
export interface KeyFiles {
  /** The text of a file that a source names. */
  named(path: string): Result<string, KeyFileTrouble>;
  /** The text of the file that GOOGLE_APPLICATION_CREDENTIALS names. */
  ambient(): Result<string, KeyFileTrouble>;
}

export interface KeyFileTrouble {
  readonly problem: string;
  readonly fix: string;
}

export const NO_KEY_FILES: KeyFiles = {
  named: () =>
    err({
      problem: "This daemon reads no key files that sources name",
      fix: "Set SHEETWIRE_GOOGLE_KEY_DIR to the folder of the key files, or give the key itself",
    }),
  ambient: () =>
    err({
      problem: "This daemon has no account of its own",
      fix: "Start it with GOOGLE_APPLICATION_CREDENTIALS naming a service account's key file, or give the key itself",
    }),
};

const WHOLE_FILE = "Use the whole key file of a service account that the Google Cloud console made, as it is";

/** The trouble never repeats the file's content. */
export function parseKeyFile(text: string): Result<ServiceAccountKey, KeyFileTrouble> {
  const file = parseObject(text);
  if (!file) return err({ problem: "The key file is not JSON", fix: WHOLE_FILE });
  if (typeof file.type === "string" && file.type !== "service_account") {
    const kind = /^[a-z_]{1,40}$/.test(file.type) ? `"${file.type}"` : "another kind";
    return err({ problem: `The key file is of ${kind}, not a service account's`, fix: WHOLE_FILE });
  }
  const { client_email: email, private_key: pem, project_id, private_key_id } = file;
  if (typeof email !== "string" || typeof pem !== "string" || !parsePrivateKey(pem)) {
    return err({ problem: "The key file lacks an address or an RSA private key", fix: WHOLE_FILE });
  }
  return ok({
    client_email: email,
    private_key: pem,
    ...(typeof project_id === "string" ? { project_id } : {}),
    ...(typeof private_key_id === "string" ? { private_key_id } : {}),
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
