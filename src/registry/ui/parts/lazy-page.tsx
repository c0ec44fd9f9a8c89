import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A page that is fetched when it is first shown: the first page stays small. */
export function lazyPage<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => JSX.Element {
  let loaded: ComponentType<Props> | null = null;
  return function LazyPage(props: Props) {
    const [state, setState] = useState<"loading" | "ready" | "failed">(loaded ? "ready" : "loading");
    useEffect(() => {
      let ended = false;
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          if (!ended) setState("ready");
        },
        () => {
          if (!ended) setState("failed");
        },
      );
      return () => {
        ended = true;
      };
    }, []);
    if (state === "failed") return <PartMissing />;
    const Loaded = loaded;
    if (!Loaded) return <p class="page quiet">Loading ...</p>;
    return <Loaded {...props} />;
  };
}

/** After an update of the daemon the part that this page names is gone. */
function PartMissing() {
  return (
    <div class="page">
      <p class="notice tone-warn" role="alert">
        This part of the page could not be loaded: the daemon does not answer, or was updated.
      </p>
      <button type="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </div>
  );
}
