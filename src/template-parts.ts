/** Templates and what they need of the rest: the backend, live documents. */
import type { Kv } from "./backend/backend.ts";
import { createLiveTables, type LiveTablesDeps } from "./exports/live.ts";
import { readyTemplates } from "./exports/ready/ready-templates.ts";
import { createTemplateStore } from "./exports/template-store.ts";
import { createTemplateDesk, type TemplateDesk } from "./registry/template-desk.ts";
import type { Clock } from "./runtime/clock.ts";

export function createTemplateParts(
  deps: LiveTablesDeps & { readonly kv: Kv; readonly clock: Clock },
): TemplateDesk {
  const tables = createLiveTables(deps);
  return createTemplateDesk({
    store: createTemplateStore({ kv: deps.kv, clock: deps.clock, ready: readyTemplates }),
    live: (data, claims = {}) => tables.read(data, claims),
  });
}
