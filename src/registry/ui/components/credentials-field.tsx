import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { type NewSource, serviceAccountAddress } from "../new-source.ts";
import { Field } from "./field.tsx";

const CHOICES: readonly { access: NewSource["access"]; title: string; about: string }[] = [
  { access: "serviceAccount", title: "Service account", about: "For private workbooks." },
  { access: "apiKey", title: "API key", about: "For workbooks that anyone with the link may read." },
  { access: "ambient", title: "This machine's account", about: "Where the daemon runs on Google Cloud." },
];

/** How the daemon signs in at Google: the kind, and its secret. */
export function CredentialsField(props: {
  form: NewSource;
  set: (part: Partial<NewSource>) => void;
  problems: readonly FieldProblem[];
}) {
  const { form, set, problems } = props;
  const address = form.access === "serviceAccount" ? serviceAccountAddress(form.secret) : null;
  return (
    <>
      <fieldset class="choices">
        <legend>Access</legend>
        {CHOICES.map(({ access, title, about }) => (
          <label key={access} class="choice">
            <input
              type="radio"
              name="access"
              checked={form.access === access}
              onChange={() => set({ access, secret: "" })}
            />
            <span>
              <strong>{title}</strong>
              <small>{about}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {form.access === "serviceAccount" && (
        <Field
          id="secret"
          label="Key file"
          problems={problems}
          hint={
            address ? (
              <>
                Share the workbook with <code>{address}</code>.
              </>
            ) : (
              "The JSON file that Google gave you for the service account. It is stored encrypted and never shown again."
            )
          }
        >
          <textarea
            id="secret"
            name="credentials"
            rows={5}
            spellcheck={false}
            autocomplete="off"
            aria-describedby="secret-help"
            placeholder={'{ "type": "service_account", "client_email": "...", "private_key": "..." }'}
            value={form.secret}
            onInput={(event) => set({ secret: event.currentTarget.value })}
          />
        </Field>
      )}
      {form.access === "apiKey" && (
        <Field
          id="secret"
          label="API key"
          problems={problems}
          hint="It is stored encrypted and never shown again."
        >
          <input
            id="secret"
            name="credentials"
            type="password"
            autocomplete="off"
            aria-describedby="secret-help"
            value={form.secret}
            onInput={(event) => set({ secret: event.currentTarget.value })}
          />
        </Field>
      )}
      {form.access === "ambient" && problems.length > 0 && (
        <Field id="secret" label="" problems={problems}>
          {null}
        </Field>
      )}
    </>
  );
}
