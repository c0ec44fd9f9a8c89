/** A feed whose far end is a handler in this test, and a poller that keeps the revision as an actor does. */
import type { CellValue } from "#contract/cell.ts";
import type { Snapshot, TabSnapshot } from "../../../src/model/snapshot.ts";
import {
  createExternalDriver,
  type ExternalDriverOptions,
} from "../../../src/sources/external/external-driver.ts";
import type {
  PollResult,
  Revision,
  Source,
  SourceError,
  SourceSettings,
} from "../../../src/sources/source.ts";
import { createFakeNet, type FakeHandler, type FakeNet } from "../../support/fake-net.ts";
import { createTestRuntime, type TestRuntime } from "../../support/test-runtime.ts";

export const FEED_URL = "https://feeds.test/prices";

export interface TestFeed extends TestRuntime {
  readonly net: FakeNet;
  readonly source: Source;
  revision: Revision | null;
  poll(): Promise<PollResult>;
  fail(): Promise<SourceError>;
  /** Polls, expects a change and gives the tab of that title, or the first. */
  tab(title?: string): Promise<TabSnapshot>;
  snapshot(): Promise<Snapshot>;
}

export function feedSettings(more: Partial<SourceSettings> = {}): SourceSettings {
  return { id: "prices", type: "external", url: FEED_URL, ...more };
}

export function createTestFeed(
  answer: FakeHandler | string,
  wanted: Partial<SourceSettings> = {},
  options: ExternalDriverOptions = {},
): TestFeed {
  const test = createTestRuntime();
  const net = createFakeNet(typeof answer === "string" ? () => new Response(answer) : answer, test.clock);
  const runtime = { ...test.runtime, net };
  const driver = createExternalDriver(options);
  const settings = feedSettings(wanted);
  const problems = driver.check(settings);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const source = driver.open(settings, runtime);
  const { signal } = new AbortController();
  const made: TestFeed = {
    ...test,
    runtime,
    net,
    source,
    revision: null,
    async poll() {
      const result = await source.poll(made.revision, signal);
      if (!result.ok) throw new Error(`the poll failed: ${JSON.stringify(result.error)}`);
      if (result.value.tag !== "Pending") made.revision = result.value.revision;
      return result.value;
    },
    async fail() {
      const result = await source.poll(made.revision, signal);
      if (result.ok) throw new Error(`the poll did not fail: ${JSON.stringify(result.value)}`);
      return result.error;
    },
    async snapshot() {
      const result = await made.poll();
      if (result.tag !== "Changed") throw new Error(`nothing changed: ${result.tag}`);
      return result.snapshot;
    },
    async tab(title) {
      const { tabs } = await made.snapshot();
      const found = tabs.find((tab) => title === undefined || tab.title === title);
      if (!found || found.unchanged) throw new Error(`no changed tab ${title}`);
      return found;
    },
  };
  return made;
}

/** Headers and rows, as a table reads. */
export function tableOf({ columns, rows }: TabSnapshot): readonly (readonly CellValue[])[] {
  return [columns.map(({ header }) => header), ...rows];
}

export const json = (value: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { headers: { "content-type": "application/json", ...headers } });
