import { useState } from "preact/hooks";
import type { GoogleScope } from "../../../../client-sdk/src/contract/accounts.ts";
import { SelectField } from "../parts/field.tsx";
import { OutIcon } from "../parts/icons.tsx";
import { Alert } from "../parts/notice.tsx";
import { refusalWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";

const SCOPES: readonly { value: GoogleScope; title: string }[] = [
  { value: "spreadsheets", title: "Read and write their workbooks" },
  { value: "spreadsheets.readonly", title: "Read their workbooks" },
  { value: "drive.file", title: "Make workbooks: exports, and nothing else of theirs" },
];

/**
 * Begins a consent at Google. The address is asked for first and opened by a link of its own: a window that a script
 * opens after a request is blocked.
 */
export function ConnectAccount({ api, account }: { api: Api; account?: string }) {
  const [scope, setScope] = useState<GoogleScope>("spreadsheets");
  const [address, setAddress] = useState<string | null>(null);
  const [message, setMessage] = useState("");
  const begin = async (): Promise<void> => {
    const answer = await api.connectAccount(account === undefined ? { scope } : { account });
    setMessage(answer.ok ? "" : refusalWords(answer.error));
    setAddress(answer.ok ? answer.value.authorizationUrl : null);
  };
  if (address !== null) {
    return (
      <p class="consent">
        <a
          class="button primary"
          href={address}
          target="_blank"
          rel="noreferrer"
          onClick={() => setAddress(null)}
        >
          Continue at Google <OutIcon />
        </a>
        <span class="quiet">Come back here when Google has said that it worked.</span>
      </p>
    );
  }
  const small = account !== undefined;
  return (
    <div class="connect-account">
      <Alert>{message}</Alert>
      {!small && (
        <SelectField
          id="connect-scope"
          label="What the daemon may do"
          problems={[]}
          value={scope}
          options={SCOPES}
          onPick={setScope}
        />
      )}
      <button type="button" class={small ? "small" : ""} onClick={() => void begin()}>
        {small ? "Connect again" : "Connect an account"}
      </button>
    </div>
  );
}
