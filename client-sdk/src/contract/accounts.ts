/** Google accounts that people connect, as the REST API shows them. Tokens never appear. */
import type { SourceProblem } from "./rest.ts";

/** What a person lets the daemon do: read or write all of their workbooks, or those given to it one by one. */
export type GoogleScope = "spreadsheets.readonly" | "spreadsheets" | "drive.file";

export interface ConnectBody {
  /** `spreadsheets.readonly` when absent, or what the account had. */
  readonly scope?: GoogleScope;
  /** Id of an account to connect again. */
  readonly account?: string;
}

export interface ConnectAnswer {
  /** To be opened by the person; good once, until `expiresAt`. */
  readonly authorizationUrl: string;
  /** Where Google leads back; the app in the Google Cloud console must list it. */
  readonly redirectUri: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

export interface AccountAnswer {
  readonly id: string;
  readonly provider: "google";
  /** Absent where Google does not tell it. */
  readonly email?: string;
  /** Google's number for the person. */
  readonly subject: string;
  readonly scopes: readonly GoogleScope[];
  /** reconnect: Google has ended the access, and only the person can give it again. */
  readonly state: "connected" | "reconnect";
  readonly error?: SourceProblem;
  /** Ids of the sources that are read with it. */
  readonly sources: readonly string[];
  /** ISO 8601, UTC. */
  readonly connectedAt: string;
  /** When Google last gave out an access token; absent when that was before the daemon's start. */
  readonly lastRefreshAt?: string;
}

export interface DisconnectAnswer {
  readonly id: string;
  /** False: Google could not be told, so that the person should end the access there. */
  readonly revoked: boolean;
  readonly fix?: string;
  /** Ids of the sources that now lack an account. */
  readonly sources: readonly string[];
}
