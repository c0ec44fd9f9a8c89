import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { ViewAnswer } from "../../../../client-sdk/src/contract/views.ts";
import { SelectField } from "../parts/field.tsx";
import { EMPTY_REACH, type Reach } from "./reach.ts";

const ACTIONS: readonly { value: Reach["action"]; title: string }[] = [
  { value: "read", title: "Read" },
  { value: "edit", title: "Read and edit" },
  { value: "write", title: "Edit, without reading" },
  { value: "admin", title: "Administer" },
];

/** What a token may do where; as many places as are wished for. */
export function ReachFields(props: {
  idPrefix: string;
  reaches: readonly Reach[];
  sources: readonly SourceAnswer[];
  views: readonly ViewAnswer[];
  /** Of the scopes. */
  problems: readonly FieldProblem[];
  onReaches: (reaches: readonly Reach[]) => void;
}) {
  const { idPrefix, reaches, sources, views, problems, onReaches } = props;
  return (
    <fieldset class="reaches">
      <legend>It may</legend>
      {reaches.map((reach, index) => (
        <ReachRow
          key={index}
          id={`${idPrefix}-${index}`}
          reach={reach}
          sources={sources}
          views={views}
          problems={index === 0 ? problems : []}
          onReach={(next) => onReaches(reaches.with(index, next))}
          {...(reaches.length > 1 && { onRemove: () => onReaches(reaches.toSpliced(index, 1)) })}
        />
      ))}
      <button type="button" class="small" onClick={() => onReaches([...reaches, EMPTY_REACH])}>
        And elsewhere
      </button>
    </fieldset>
  );
}

function ReachRow(props: {
  id: string;
  reach: Reach;
  sources: readonly SourceAnswer[];
  views: readonly ViewAnswer[];
  problems: readonly FieldProblem[];
  onReach: (reach: Reach) => void;
  onRemove?: () => void;
}) {
  const { id, reach, sources, onReach, onRemove } = props;
  const { source, tab } = reach;
  const tabs = sources.find((each) => each.id === source)?.tabs ?? [];
  const views = props.views.filter((view) => view.source === source && view.tab === tab);
  const shared = { problems: [] };
  return (
    <div class="reach">
      <SelectField
        {...shared}
        id={`${id}-action`}
        label="Act"
        value={reach.action}
        options={ACTIONS}
        onPick={(action) => onReach({ ...reach, action })}
      />
      <SelectField
        id={`${id}-source`}
        label="Source"
        problems={props.problems}
        value={source}
        options={withOwn(source, "All sources", sources, ({ id: value, name }) => ({ value, title: name }))}
        onPick={(picked) => onReach({ ...reach, source: picked, tab: "", view: "" })}
      />
      {source !== "" && (
        <SelectField
          {...shared}
          id={`${id}-tab`}
          label="Tab"
          value={tab}
          options={withOwn(tab, "All tabs", tabs, ({ name, title }) => ({ value: name, title }))}
          onPick={(picked) => onReach({ ...reach, tab: picked, view: "" })}
        />
      )}
      {tab !== "" && (views.length > 0 || reach.view !== "") && (
        <SelectField
          {...shared}
          id={`${id}-view`}
          label="View"
          value={reach.view}
          options={withOwn(reach.view, "The tab and its views", views, ({ name }) => ({
            value: name,
            title: name,
          }))}
          onPick={(view) => onReach({ ...reach, view })}
        />
      )}
      {onRemove && (
        <button type="button" class="small" onClick={onRemove}>
          Not this
        </button>
      )}
    </div>
  );
}

type Option = { readonly value: string; readonly title: string };

/** What a token names need not be there any more: it is offered all the same. */
function withOwn<Item>(
  own: string,
  all: string,
  items: readonly Item[],
  optionOf: (item: Item) => Option,
): readonly Option[] {
  const options = [{ value: "", title: all }, ...items.map(optionOf)];
  return options.some(({ value }) => value === own) ? options : [...options, { value: own, title: own }];
}
