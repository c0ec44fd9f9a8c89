/** What the form for a new source holds of a feed, and its part of the request. */
import type { FeedAuth, FeedFormat } from "../../../../client-sdk/src/contract/feed.ts";
import type { FieldProblem, RegisterBody } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import { parseLines } from "./parse-lines.ts";

export interface NewFeed {
  readonly format: FeedFormat | "auto";
  readonly rowsPath: string;
  readonly keyField: string;
  readonly signIn: "none" | "bearer" | "basic" | "apiKey";
  /** Token, password or key, by `signIn`. */
  readonly signInSecret: string;
  readonly username: string;
  readonly keyIn: "header" | "query";
  /** Of the header or the query parameter. */
  readonly keyName: string;
  /** Lines such as `Accept-Language: en`. */
  readonly headers: string;
}

export const EMPTY_FEED: NewFeed = {
  format: "auto",
  rowsPath: "",
  keyField: "",
  signIn: "none",
  signInSecret: "",
  username: "",
  keyIn: "header",
  keyName: "X-API-Key",
  headers: "",
};

export function feedBody(form: NewFeed): Result<Partial<RegisterBody>, readonly FieldProblem[]> {
  const headers = parseLines(form.headers, ":");
  if (!headers.ok) {
    // The line itself may be a secret: it is not repeated.
    const fix = "write each line as name: value, such as Accept-Language: en";
    return err([{ field: "headers", problem: 'has a line without ":"', fix }]);
  }
  const [auth, rowsPath, keyField] = [authOf(form), form.rowsPath.trim(), form.keyField.trim()];
  return ok({
    ...(form.format !== "auto" && { format: form.format }),
    ...(rowsPath !== "" && { rowsPath }),
    ...(keyField !== "" && { keyField }),
    ...(auth && { auth }),
    ...(Object.keys(headers.value).length > 0 && { headers: headers.value }),
  });
}

function authOf({ signIn, signInSecret, username, keyIn, keyName }: NewFeed): FeedAuth | null {
  switch (signIn) {
    case "none":
      return null;
    case "bearer":
      return { type: "bearer", token: signInSecret.trim() };
    case "basic":
      // A password may begin or end with blanks.
      return { type: "basic", username: username.trim(), password: signInSecret };
    case "apiKey":
      return { type: "apiKey", key: signInSecret.trim(), in: keyIn, name: keyName.trim() };
  }
}
