import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { Choices, SelectField, TextField } from "../parts/field.tsx";
import type { NewFeed } from "./new-feed.ts";
import { problemsOf } from "./new-source.ts";

const FORMATS: readonly { value: NewFeed["format"]; title: string }[] = [
  { value: "auto", title: "As the feed says itself" },
  { value: "json", title: "JSON" },
  { value: "ndjson", title: "NDJSON: one JSON object a line" },
  { value: "xml", title: "XML" },
  { value: "csv", title: "CSV" },
];

const SIGN_INS: readonly { value: NewFeed["signIn"]; title: string; about: string }[] = [
  { value: "none", title: "None", about: "The feed is open." },
  { value: "bearer", title: "Bearer token", about: "In the Authorization header." },
  { value: "basic", title: "User and password", about: "HTTP Basic." },
  { value: "apiKey", title: "API key", about: "In a header or in the address." },
];

const KEPT = "It is stored encrypted and never shown again.";

interface Part {
  readonly form: NewFeed;
  readonly set: (part: Partial<NewFeed>) => void;
  readonly problems: readonly FieldProblem[];
}

/** What a feed needs besides its name and link. */
export function FeedFields({ form, set, problems }: Part) {
  return (
    <>
      <SelectField
        id="format"
        label="Format"
        problems={problemsOf(problems, "format")}
        value={form.format}
        options={FORMATS}
        onPick={(format) => set({ format })}
      />
      <div class="field-pair">
        <TextField
          id="rowsPath"
          name="rowsPath"
          label="Path to the rows (optional)"
          hint="Such as $.items in JSON or /rss/channel/item in XML. Left out, it is found by itself."
          problems={problemsOf(problems, "rowsPath")}
          value={form.rowsPath}
          onText={(rowsPath) => set({ rowsPath })}
        />
        <TextField
          id="keyField"
          name="keyField"
          label="Key field (optional)"
          hint="The column whose values identify a row, such as id."
          problems={problemsOf(problems, "keyField")}
          value={form.keyField}
          onText={(keyField) => set({ keyField })}
        />
      </div>
      <Choices
        legend="Sign-in"
        name="signIn"
        value={form.signIn}
        choices={SIGN_INS}
        onPick={(signIn) => set({ signIn, signInSecret: "" })}
      />
      <SignInFields form={form} set={set} problems={problems} />
      <TextField
        id="headers"
        name="headers"
        label="More headers (optional)"
        rows={2}
        hint="One a line. They are stored encrypted and never shown again."
        placeholder="Accept-Language: en"
        problems={problemsOf(problems, "headers")}
        value={form.headers}
        onText={(headers) => set({ headers })}
      />
    </>
  );
}

function SignInFields({ form, set, problems }: Part) {
  const secret = (label: string, field: string) => (
    <TextField
      id="signInSecret"
      name={field}
      label={label}
      type="password"
      hint={KEPT}
      problems={problemsOf(problems, field)}
      value={form.signInSecret}
      onText={(signInSecret) => set({ signInSecret })}
    />
  );
  if (form.signIn === "none") return null;
  if (form.signIn === "bearer") return secret("Token", "auth.token");
  if (form.signIn === "basic") {
    return (
      <div class="field-pair">
        <TextField
          id="username"
          name="auth.username"
          label="User"
          problems={problemsOf(problems, "auth.username")}
          value={form.username}
          onText={(username) => set({ username })}
        />
        {secret("Password", "auth.password")}
      </div>
    );
  }
  return (
    <div class="field-pair">
      <SelectField
        id="keyIn"
        label="Where the key goes"
        problems={problemsOf(problems, "auth.in")}
        value={form.keyIn}
        options={[
          { value: "header", title: "A header" },
          { value: "query", title: "A parameter of the address" },
        ]}
        onPick={(keyIn) => set({ keyIn })}
      />
      <TextField
        id="keyName"
        name="auth.name"
        label={form.keyIn === "header" ? "Name of the header" : "Name of the parameter"}
        problems={problemsOf(problems, "auth.name")}
        value={form.keyName}
        onText={(keyName) => set({ keyName })}
      />
      {secret("Key", "auth.key")}
    </div>
  );
}
