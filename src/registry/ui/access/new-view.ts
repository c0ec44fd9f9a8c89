/** What the form for a new view holds, and the request that it makes. */
import type { CreateViewBody } from "../../../../client-sdk/src/contract/views.ts";

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
}

export const EMPTY_VIEW: NewView = { place: "", name: "", columns: "", where: "", order: "", limit: "" };

export function viewBody(form: NewView): CreateViewBody {
  const slash = form.place.indexOf("/");
  const columns = words(form.columns);
  const order = words(form.order).map((word) =>
    word.startsWith("-") ? { key: word.slice(1).trim(), descending: true } : { key: word },
  );
  return {
    source: form.place.slice(0, Math.max(0, slash)),
    tab: form.place.slice(slash + 1),
    name: form.name.trim(),
    ...(columns.length > 0 && { columns }),
    ...(form.where.trim() !== "" && { where: form.where.trim() }),
    ...(order.length > 0 && { order }),
    ...(form.limit.trim() !== "" && { limit: Number(form.limit) }),
  };
}

function words(text: string): readonly string[] {
  return text.split(",").flatMap((part) => part.trim() || []);
}
