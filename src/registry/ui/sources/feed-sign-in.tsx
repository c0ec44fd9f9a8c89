import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import { Choices } from "../parts/field.tsx";
import type { NewFeed } from "./new-feed.ts";

const SIGN_INS: readonly { value: NewFeed["signIn"]; title: string; about: string }[] = [
  { value: "none", title: "None", about: "The feed is open." },
  { value: "bearer", title: "Bearer token", about: "In the Authorization header." },
  { value: "basic", title: "User and password", about: "HTTP Basic." },
  { value: "apiKey", title: "API key", about: "In a header or in the address." },
  { value: "oauth2", title: "OAuth 2", about: "Client credentials." },
];

/** How the daemon signs in at a feed. */
export function FeedSignIn(part: FormPart<NewFeed>) {
  return (
    <>
      <Choices
        legend="Sign-in"
        name="signIn"
        value={part.form.signIn}
        choices={SIGN_INS}
        onPick={(signIn) => part.set({ signIn, signInSecret: "" })}
      />
      <SignInFields {...part} />
    </>
  );
}

function SignInFields(part: FormPart<NewFeed>) {
  const { form } = part;
  const { text, select } = boundFields(part);
  const secret = (label: string, field: string) =>
    text("signInSecret", {
      label,
      field,
      type: "password",
      hint: "It is stored encrypted and never shown again.",
    });
  switch (form.signIn) {
    case "none":
      return null;
    case "bearer":
      return secret("Token", "auth.token");
    case "basic":
      return (
        <div class="field-pair">
          {text("username", { label: "User", field: "auth.username" })}
          {secret("Password", "auth.password")}
        </div>
      );
    case "apiKey":
      return (
        <div class="field-pair">
          {select("keyIn", { label: "Where the key goes", field: "auth.in" }, [
            { value: "header", title: "A header" },
            { value: "query", title: "A parameter of the address" },
          ])}
          {text("keyName", {
            label: form.keyIn === "header" ? "Name of the header" : "Name of the parameter",
            field: "auth.name",
          })}
          {secret("Key", "auth.key")}
        </div>
      );
    case "oauth2":
      return (
        <div class="field-pair">
          {text("tokenUrl", { label: "Address of tokens", field: "auth.tokenUrl", type: "url" })}
          {text("clientId", { label: "Client id", field: "auth.clientId" })}
          {secret("Client secret", "auth.clientSecret")}
          {text("scope", { label: "Scopes (optional)", field: "auth.scope", hint: "Separated by blanks." })}
        </div>
      );
  }
}
