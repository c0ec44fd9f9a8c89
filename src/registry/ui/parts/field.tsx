import type { ComponentChildren } from "preact";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";

/** A labelled control with its hint and what is wrong with it. The control needs `id` and `aria-describedby`. */
export function Field(props: {
  id: string;
  label: string;
  hint?: ComponentChildren;
  problems: readonly FieldProblem[];
  children: ComponentChildren;
}) {
  return (
    <div class="field" data-invalid={props.problems.length > 0}>
      <label for={props.id}>{props.label}</label>
      {props.children}
      <div id={`${props.id}-help`}>
        {props.problems.map(({ field, problem, fix }) => (
          <p key={field + problem} class="field-problem">
            {sentence(problem)} {sentence(fix)}
          </p>
        ))}
        {props.hint && <p class="hint">{props.hint}</p>}
      </div>
    </div>
  );
}

/** A field whose control is one line of text, or several with `rows`. */
export function TextField(props: {
  id: string;
  /** Of the request's field. */
  name: string;
  label: string;
  hint?: ComponentChildren;
  problems: readonly FieldProblem[];
  value: string;
  onText: (value: string) => void;
  /** "url" and "decimal" are for the keys that a phone shows. */
  type?: "text" | "url" | "decimal" | "password";
  rows?: number;
  short?: boolean;
  placeholder?: string;
}) {
  const { id, name, value, placeholder, rows, type = "text", problems, onText } = props;
  const shared = {
    id,
    name,
    value,
    ...(placeholder !== undefined && { placeholder }),
    spellcheck: false,
    autocomplete: "off" as const,
    "aria-describedby": `${id}-help`,
    "aria-invalid": problems.length > 0,
  };
  const onInput = (event: { currentTarget: { value: string } }): void => onText(event.currentTarget.value);
  return (
    <Field id={id} label={props.label} hint={props.hint} problems={problems}>
      {rows && <textarea {...shared} rows={rows} onInput={onInput} />}
      {!rows && type === "password" && <input {...shared} type="password" onInput={onInput} />}
      {!rows && type !== "password" && (
        <input
          {...shared}
          type="text"
          inputMode={type}
          class={props.short ? "short" : ""}
          onInput={onInput}
        />
      )}
    </Field>
  );
}

/** Choices of which one holds, as cards. */
export function Choices<Value extends string>(props: {
  legend: string;
  name: string;
  value: Value;
  choices: readonly { readonly value: Value; readonly title: string; readonly about: string }[];
  onPick: (value: Value) => void;
}) {
  return (
    <fieldset class="choices">
      <legend>{props.legend}</legend>
      {props.choices.map(({ value, title, about }) => (
        <label key={value} class="choice">
          <input
            type="radio"
            name={props.name}
            checked={props.value === value}
            onChange={() => props.onPick(value)}
          />
          <span>
            <strong>{title}</strong>
            <small>{about}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A choice out of a closed list. */
export function SelectField<Value extends string>(props: {
  id: string;
  label: string;
  hint?: ComponentChildren;
  problems: readonly FieldProblem[];
  value: Value;
  options: readonly { readonly value: Value; readonly title: string }[];
  onPick: (value: Value) => void;
}) {
  const { id, problems } = props;
  return (
    <Field id={id} label={props.label} hint={props.hint} problems={problems}>
      <select
        id={id}
        aria-describedby={`${id}-help`}
        aria-invalid={problems.length > 0}
        value={props.value}
        onChange={(event) => props.onPick(event.currentTarget.value as Value)}
      >
        {props.options.map(({ value, title }) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** A short text that narrows a list down. */
export function FilterField(props: {
  label: string;
  placeholder: string;
  value: string;
  onText: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        type="search"
        placeholder={props.placeholder}
        spellcheck={false}
        value={props.value}
        onInput={(event) => props.onText(event.currentTarget.value)}
      />
    </label>
  );
}

/** "is not a link" reads "Is not a link."; a field's name keeps its spelling. */
function sentence(text: string): string {
  if (text === "") return "";
  const first = /^[a-z]+_/.test(text) ? text[0]! : text[0]!.toUpperCase();
  return first + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
