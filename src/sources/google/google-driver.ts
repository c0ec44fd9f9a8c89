import type { Credentials, FieldProblem, ServiceAccountKey } from "#contract/rest.ts";
import { ok } from "#contract/result.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { ChangeFeed, RequestObserver, Source, SourceDriver } from "../source.ts";
import { createWrittenSince } from "../written-since.ts";
import type { Account } from "./account.ts";
import { NO_ACCOUNTS } from "./connected-accounts.ts";
import { createDriveFeed, DRIVE_SCOPE } from "./drive-feed.ts";
import { NO_KEY_FILES } from "./key-file.ts";
import {
  type AccountSources,
  accountIdentity,
  createAccount,
  MAKER_SCOPE,
  READ_SCOPE,
  WRITE_SCOPE,
} from "./open-account.ts";
import { pollWorkbook } from "./poll.ts";
import { createQuota, DEFAULT_QUOTA, type QuotaLimits } from "./quota.ts";
import { READING_LIMITS, type ReadingLimits } from "./reading-limits.ts";
import { checkMaker, checkSettings, usableCredentials } from "./settings.ts";
import { createSheetsApi } from "./sheets-api.ts";
import { createWorkbookCalls, type WorkbookCalls } from "./workbook-calls.ts";
import { parseWorkbookLink } from "./workbook-link.ts";
import type { Wanted } from "./workbook-reading.ts";
import { FACT_CELLS_MAX } from "./write/fresh-tabs.ts";
import { createWishes } from "./write/wishes.ts";
import { writeBatch } from "./write/write.ts";

/** Without `connected` and `keyFiles` there are only credentials that hold their secret themselves. */
export interface GoogleDriverOptions extends Partial<AccountSources> {
  /** Base URL that replaces every Google host: the emulator's. */
  readonly endpoint?: string;
  /** Where Google granted a project other limits than its defaults. */
  readonly quota?: Partial<QuotaLimits>;
  /** Bound of one answer; ten million cells of plain numbers fit the default. */
  readonly bytesMax?: number;
  /** How much is read at once and in all. */
  readonly limits?: Partial<ReadingLimits>;
  /** Of a tab, to be read with formulas and rules in one call before a write. */
  readonly factCellsMax?: number;
}

/** What opens sources also makes workbooks: both draw on one quota. */
export interface GoogleDriver extends SourceDriver {
  /** Every problem of making workbooks with these credentials; empty when `workbooks` may be called. */
  checkMaker(credentials: Credentials): readonly FieldProblem[];
  /** An account of the sample's Google that anybody may make workbooks with; null: there is no sample. */
  readonly robot: ServiceAccountKey | null;
  workbooks(credentials: Credentials, runtime: Runtime, observe?: RequestObserver): WorkbookCalls;
}

const BYTES_MAX = 256 * 1024 * 1024;
const GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token";

/** Google workbooks. The driver's sources share one quota, and a token where they share an account. */
export function createGoogleDriver(options: GoogleDriverOptions = {}): GoogleDriver {
  const endpoint = options.endpoint?.replace(/\/+$/, "");
  const tokenUrl = endpoint ? `${endpoint}/token` : GOOGLE_TOKEN_URL;
  const quota = createQuota({ ...DEFAULT_QUOTA, ...options.quota });
  const accounts = new Map<string, Account>();
  const feeds = new WeakMap<Account, ChangeFeed>();
  const { connected = NO_ACCOUNTS, keyFiles = NO_KEY_FILES } = options;

  function accountOf(credentials: Credentials, scope: string, runtime: Runtime): Account {
    const identity = accountIdentity(credentials, scope);
    const known = accounts.get(identity);
    if (known) return known;
    const made = createAccount(credentials, { connected, keyFiles }, { runtime, tokenUrl, scope });
    accounts.set(identity, made);
    return made;
  }

  /** A service account may take any scope; one that people connected shows what they agreed to. */
  function feedOf(credentials: Credentials, runtime: Runtime, observe?: RequestObserver): ChangeFeed {
    const account = accountOf(credentials, DRIVE_SCOPE, runtime);
    const known = feeds.get(account);
    if (known) return known;
    const made = createDriveFeed({ runtime, account, endpoint, observe });
    feeds.set(account, made);
    return made;
  }

  return {
    kind: "googleSheet",
    check: (settings) => checkSettings(settings, { connected, keyFiles }, endpoint),
    robot: null,
    checkMaker: (credentials) => checkMaker(credentials, { connected, keyFiles }),
    workbooks(credentials, runtime, observe) {
      const account = accountOf(credentials, MAKER_SCOPE, runtime);
      return createWorkbookCalls({ runtime, account, quota, endpoint, observe });
    },
    open(settings, runtime, observe): Source {
      const credentials = usableCredentials(settings);
      const link = parseWorkbookLink(settings.url, endpoint);
      if (!credentials || !link.ok) throw new Error(`source ${settings.id} was opened without check()`);
      const scope = settings.writable ? WRITE_SCOPE : READ_SCOPE;
      const account = accountOf(credentials, scope, runtime);
      const api = createSheetsApi({
        runtime,
        account,
        quota,
        endpoint,
        workbookId: link.value,
        bytesMax: options.bytesMax ?? BYTES_MAX,
        observe,
      });
      const wanted: Wanted = {
        workbookId: link.value,
        tabs: settings.tabs?.filter((tab) => typeof tab === "string"),
        keyColumns: settings.keyColumns,
        headerRow: settings.headerRow,
        hidden: settings.hidden,
        formulas: settings.formulas,
      };
      const limits = { ...READING_LIMITS, ...options.limits };
      const wishes = createWishes(api, wanted);
      const deps = { api, clock: runtime.clock, wanted, limits, onTabs: wishes.seen };
      const { factCellsMax = FACT_CELLS_MAX } = options;
      const written = createWrittenSince();
      const writing = {
        api,
        clock: runtime.clock,
        sourceId: settings.id,
        rules: settings.writes ?? {},
        wishes,
        factCellsMax,
      };
      return {
        budget: api.budget,
        ...(account.apiKey === null
          ? { hints: { feed: feedOf(credentials, runtime, observe), key: link.value } }
          : {}),
        ...(settings.writable
          ? {
              write: (batch, signal) => {
                written.note(batch);
                return writeBatch(writing, batch, signal);
              },
            }
          : {}),
        async poll(since, signal, turn) {
          const polled = await pollWorkbook({ ...deps, turn, written: written.tabs(since) }, since, signal);
          if (!polled.ok || polled.value.tag === "Pending") return polled;
          return ok({ ...polled.value, revision: written.compared(polled.value.revision, since) });
        },
      };
    },
  };
}
