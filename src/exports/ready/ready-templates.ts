import type { TemplateAnswer } from "#contract/templates.ts";
import { eventSchedule } from "./event-schedule.ts";
import { priceList } from "./price-list.ts";
import { salesAnalysis } from "./sales-analysis.ts";
import { table } from "./table.ts";
import { timesheet } from "./timesheet.ts";

/** The templates that come with Sheetwire; a change of one raises its version. */
export const readyTemplates: readonly TemplateAnswer[] = [
  salesAnalysis,
  table,
  priceList,
  eventSchedule,
  timesheet,
];
