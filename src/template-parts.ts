/** Templates and what they need of the rest: the backend, live documents. */
import type { Kv } from "./backend/backend.ts";
import { createLiveTables, type LiveTablesDeps } from "./exports/live.ts";
import { readyTemplates } from "./exports/ready/ready-templates.ts";
import { createTemplateStore, type TemplateStore } from "./exports/template-store.ts";
import { createTemplateDesk, type TemplateDesk } from "./registry/template-desk.ts";
import type { Clock } from "./runtime/clock.ts";

export interface TemplateParts {
  readonly store: TemplateStore;
  readonly desk: TemplateDesk;
}

export function createTemplateParts(
  deps: LiveTablesDeps & { readonly kv: Kv; readonly clock: Clock },
): TemplateParts {
  const tables = createLiveTables(deps);
  const store = createTemplateStore({ kv: deps.kv, clock: deps.clock, ready: readyTemplates });
  const desk = createTemplateDesk({ store, live: (data, claims = {}) => tables.read(data, claims) });
  return { store, desk };
}
