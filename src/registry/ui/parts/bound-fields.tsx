import type { ComponentChildren, JSX } from "preact";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { SelectField, TextField } from "./field.tsx";
import { problemsOf } from "./form-problems.ts";

export interface FormPart<Form> {
  readonly form: Form;
  readonly set: (part: Partial<Form>) => void;
  readonly problems: readonly FieldProblem[];
}

export interface FieldWords {
  readonly label: string;
  /** The field's name in the request, whose problems are shown; the form's own name when absent. */
  readonly field?: string;
  /** Of the control; the form's own name when absent. */
  readonly id?: string;
  readonly hint?: ComponentChildren;
  readonly placeholder?: string;
  readonly type?: "text" | "url" | "decimal" | "password";
  readonly rows?: number;
  readonly short?: boolean;
}

/** Controls of one form, each bound to the property of its name. */
export interface BoundFields<Form> {
  text(name: TextName<Form>, words: FieldWords): JSX.Element;
  select<Name extends TextName<Form>>(
    name: Name,
    words: FieldWords,
    options: readonly { readonly value: Form[Name] & string; readonly title: string }[],
  ): JSX.Element;
}

type TextName<Form> = { [Name in keyof Form]: Form[Name] extends string ? Name : never }[keyof Form] & string;

export function boundFields<Form>({ form, set, problems }: FormPart<Form>): BoundFields<Form> {
  const common = (name: string, { id = name, label, hint, field = name }: FieldWords) => ({
    id,
    label,
    problems: problemsOf(problems, field),
    ...(hint !== undefined && { hint }),
  });
  const put = (name: string, value: string): void => set({ [name]: value } as Partial<Form>);
  return {
    text(name, words) {
      const { placeholder, type, rows, short } = words;
      return (
        <TextField
          {...common(name, words)}
          name={words.field ?? name}
          {...(placeholder !== undefined && { placeholder })}
          {...(type && { type })}
          {...(rows && { rows })}
          {...(short && { short })}
          value={form[name] as string}
          onText={(value) => put(name, value)}
        />
      );
    },
    select: (name, words, options) => (
      <SelectField
        {...common(name, words)}
        value={form[name] as string}
        options={options}
        onPick={(value) => put(name, value)}
      />
    ),
  };
}
