/** A workbook's content. Who may see it and when it changed is kept with its file (drive/file.ts). */
import { Calculator } from "../formulas/calculator.ts";
import { copyOf, type JsonObject } from "../http/json.ts";
import type { GridRange } from "../ranges/box.ts";
import { newTabState, Tab } from "./tab.ts";

export type NamedRange = { namedRangeId: string; name: string; range: GridRange };

export interface WorkbookProperties {
  title: string;
  locale: string;
  timeZone: string;
  autoRecalc: string;
  /** What a caller set besides (iterativeCalculationSettings, a theme, ...). */
  extra: JsonObject;
}

interface Saved {
  readonly properties: WorkbookProperties;
  readonly tabs: Tab[];
  readonly namedRanges: NamedRange[];
  readonly metadata: JsonObject[];
}

export class Workbook {
  readonly id: string;
  properties: WorkbookProperties;
  tabs: Tab[];
  namedRanges: NamedRange[] = [];
  /** DeveloperMetadata of the workbook, its tabs, rows and columns. */
  metadata: JsonObject[] = [];
  /** Raised by every change of content; pages and calculated values go by it. */
  version = 1;
  readonly calculator: Calculator;

  constructor(id: string, title: string, nowMs: () => number, random: () => number) {
    this.id = id;
    this.properties = { title, locale: "en_US", timeZone: "Etc/GMT", autoRecalc: "ON_CHANGE", extra: {} };
    this.tabs = [new Tab(0, newTabState("Sheet1"))];
    this.calculator = new Calculator(this, nowMs, random);
  }

  tabById(id: number): Tab | undefined {
    return this.tabs.find((tab) => tab.id === id);
  }

  /** Google compares titles without regard to case. */
  tabByTitle(title: string): Tab | undefined {
    const wanted = title.toLowerCase();
    return (
      this.tabs.find((tab) => tab.title === title) ??
      this.tabs.find((tab) => tab.title.toLowerCase() === wanted)
    );
  }

  /** The title, or "Title 2" and on where it is taken. */
  freeTitle(stem: string): string {
    if (!this.tabByTitle(stem)) return stem;
    for (let number = 2; ; number += 1) {
      const title = `${stem} ${number}`;
      if (!this.tabByTitle(title)) return title;
    }
  }

  /** Everything needed to come back to this moment; costs pointers, not cells. */
  save(): Saved {
    return {
      properties: copyOf(this.properties),
      tabs: this.tabs.map((tab) => tab.copy()),
      namedRanges: copyOf(this.namedRanges),
      metadata: copyOf(this.metadata),
    };
  }

  restore(saved: Saved): void {
    this.properties = saved.properties;
    this.tabs = saved.tabs;
    this.namedRanges = saved.namedRanges;
    this.metadata = saved.metadata;
    this.version += 1;
  }

  /** Takes over another workbook's content, as a copied file does. */
  copyFrom(other: Workbook): void {
    const title = this.properties.title;
    this.restore(other.save());
    this.properties.title = title;
  }
}
