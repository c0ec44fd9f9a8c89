import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { SelectField, TextField } from "../parts/field.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import { PlusIcon } from "../parts/icons.tsx";
import { EMPTY_SHARE, type NewShare } from "./new-export.ts";

const TYPES: readonly { value: NewShare["type"]; title: string }[] = [
  { value: "user", title: "A person" },
  { value: "group", title: "A group" },
  { value: "domain", title: "All of a domain" },
  { value: "anyone", title: "Anyone with the link" },
];
const ROLES: readonly { value: NewShare["role"]; title: string }[] = [
  { value: "reader", title: "may read" },
  { value: "commenter", title: "may comment" },
  { value: "writer", title: "may edit" },
];

/** With whom the workbook is shared, a line for each. */
export function ShareFields(props: {
  shares: readonly NewShare[];
  problems: readonly FieldProblem[];
  onShares: (shares: readonly NewShare[]) => void;
}) {
  const { shares, problems, onShares } = props;
  const change = (index: number, part: Partial<NewShare>): void =>
    onShares(shares.map((share, at) => (at === index ? { ...share, ...part } : share)));
  return (
    <fieldset class="share-fields">
      <legend>Share it with (optional)</legend>
      {shares.map((share, index) => (
        <ShareLine
          key={index}
          index={index}
          share={share}
          problems={problemsOf(problems, `share[${index}]`)}
          onChange={(part) => change(index, part)}
          onRemove={() => onShares(shares.filter((_, at) => at !== index))}
        />
      ))}
      <div class="actions">
        <button type="button" class="small" onClick={() => onShares([...shares, EMPTY_SHARE])}>
          <PlusIcon /> {shares.length === 0 ? "Share it" : "Somebody else"}
        </button>
      </div>
    </fieldset>
  );
}

function ShareLine(props: {
  index: number;
  share: NewShare;
  problems: readonly FieldProblem[];
  onChange: (part: Partial<NewShare>) => void;
  onRemove: () => void;
}) {
  const { index, share, problems, onChange } = props;
  const { type } = share;
  return (
    <fieldset class="share-line" aria-label={`Share ${index + 1}`}>
      <SelectField
        id={`share-${index}-type`}
        label="Whom"
        problems={type === "anyone" ? problems : []}
        value={type}
        options={TYPES}
        onPick={(picked) => onChange({ type: picked })}
      />
      {type !== "anyone" && (
        <TextField
          id={`share-${index}-who`}
          name={`share[${index}]`}
          label={type === "domain" ? "Domain" : "Address"}
          placeholder={type === "domain" ? "example.com" : "ann@example.com"}
          problems={problems}
          value={share.who}
          onText={(who) => onChange({ who })}
        />
      )}
      <SelectField
        id={`share-${index}-role`}
        label="May"
        problems={[]}
        value={share.role}
        options={ROLES}
        onPick={(role) => onChange({ role })}
      />
      {type !== "anyone" && (
        <label class="check">
          <input
            type="checkbox"
            checked={share.notify}
            onChange={(event) => onChange({ notify: event.currentTarget.checked })}
          />
          <span>Google tells them by mail</span>
        </label>
      )}
      <button
        type="button"
        class="small danger"
        aria-label={`Leave share ${index + 1} out`}
        onClick={props.onRemove}
      >
        Leave out
      </button>
    </fieldset>
  );
}
