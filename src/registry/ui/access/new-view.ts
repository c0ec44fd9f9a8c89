/** What the form for a new view holds, and the request that it makes. */
import type { CreateViewBody, ViewAnswer, ViewBody } from "../../../../client-sdk/src/contract/views.ts";

export interface NewView {
  /** "{source}/{tab}", as picked. */
  readonly place: string;
  readonly name: string;
  /** Keys of columns, separated by commas; empty: all. */
  readonly columns: string;
  readonly where: string;
  /** Keys, separated by commas; one with "-" before it descends. */
  readonly order: string;
  readonly limit: string;
  readonly description: string;
}

export const EMPTY_VIEW: NewView = {
  place: "",
  name: "",
  columns: "",
  where: "",
  order: "",
  limit: "",
  description: "",
};

/** A view as the form shows it. */
export function shownView({ source, tab, name, ...content }: ViewAnswer): NewView {
  const { columns = [], where = "", order = [], limit, description = "" } = content;
  return {
    place: `${source}/${tab}`,
    name,
    columns: columns.join(", "),
    where,
    order: order.map(({ key, descending }) => `${descending ? "-" : ""}${key}`).join(", "),
    limit: limit === undefined ? "" : String(limit),
    description,
  };
}

/** Whether the form's lists can tell a view whole: a key with a comma, or with a minus before it, they cannot. */
export function isTellable(view: ViewAnswer): boolean {
  const body = contentOf(shownView(view));
  const { columns, order } = view;
  const plain = order?.map(({ key, descending }) => (descending ? { key, descending } : { key }));
  return JSON.stringify([body.columns, body.order]) === JSON.stringify([columns, plain]);
}

export function viewBody(form: NewView): CreateViewBody {
  const slash = form.place.indexOf("/");
  return {
    source: form.place.slice(0, Math.max(0, slash)),
    tab: form.place.slice(slash + 1),
    name: form.name.trim(),
    ...contentOf(form),
  };
}

/** What is left empty is as if it had never been said. */
export function contentOf(form: NewView): ViewBody {
  const columns = words(form.columns);
  const order = words(form.order).map((word) =>
    word.startsWith("-") ? { key: word.slice(1).trim(), descending: true } : { key: word },
  );
  const description = form.description.trim();
  return {
    ...(description !== "" && { description }),
    ...(columns.length > 0 && { columns }),
    ...(form.where.trim() !== "" && { where: form.where.trim() }),
    ...(order.length > 0 && { order }),
    ...(form.limit.trim() !== "" && { limit: Number(form.limit) }),
  };
}

function words(text: string): readonly string[] {
  return text.split(",").flatMap((part) => part.trim() || []);
}
