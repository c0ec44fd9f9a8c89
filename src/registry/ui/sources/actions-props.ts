import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { Api } from "../rest/api.ts";

/** What an act on a source needs. */
export interface ActionsProps {
  readonly api: Api;
  readonly source: SourceAnswer;
  readonly onChanged: () => void;
}
