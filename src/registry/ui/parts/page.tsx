import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { BackIcon } from "./icons.tsx";

/** A page of the app: its heading, what it is about, its acts, its content. */
export function Page(props: {
  title: string;
  about?: ComponentChildren;
  /** Stands beside the heading. */
  beside?: ComponentChildren;
  wide?: boolean;
  /** Where it belongs; the list of sources, which a wide page shows anyway, when absent. */
  back?: { readonly href: string; readonly words: string };
  children: ComponentChildren;
}) {
  const { title, back } = props;
  useEffect(() => {
    document.title = `${title} · Sheetwire`;
    return () => {
      document.title = "Sheetwire";
    };
  }, [title]);
  return (
    <section class={`page${props.wide ? " wide" : ""}`}>
      <a class={`back${back ? " to-part" : ""}`} href={back?.href ?? "#/"}>
        <BackIcon /> {back?.words ?? "All sources"}
      </a>
      <div class="page-head">
        <h1>{title}</h1>
        {props.beside}
      </div>
      {props.about && <p class="quiet">{props.about}</p>}
      {props.children}
    </section>
  );
}
