import type { SourceAnswer } from "#contract/rest.ts";
import { Failure } from "../failure.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { plain } from "../text.ts";
import { examineDaemon } from "./examine-daemon.ts";
import { examineDirectory } from "./examine-directory.ts";
import type { Finding } from "./finding.ts";
import { ownSettings } from "./own-daemon.ts";

const GOOGLE_URL = "https://sheets.googleapis.com";
const GOOGLE_MS_MAX = 5_000;
/** Google refuses assertions whose times are further off. */
const SKEW_MS_MAX = 60_000;

export function addDoctor({ program, run }: Program): void {
  program
    .command("doctor")
    .summary("what is wrong with an installation, and how to mend it")
    .description(
      "Looks at settings, data directory, keys, disk, port, daemon, token, versions, clocks, sources and Google, and says of each failure how to mend it. Ends with 1 where something failed. With --url the daemon there is looked at alone.",
    )
    .action((_options, command) =>
      run(command, async (session) => {
        const findings = await examine(session);
        const failed = findings.filter(({ state }) => state === "failed").length;
        await session.print({ ok: failed === 0, checks: findings }, () => findingsText(findings, session));
        if (failed > 0) {
          throw new Failure("failed", {
            title: "Something is wrong",
            detail: `${failed} of ${findings.length} checks failed: each names its cure.`,
          });
        }
      }),
    );
}

async function examine(session: Session): Promise<readonly Finding[]> {
  const isOther = session.options.url !== undefined || !!session.world.env.SHEETWIRE_URL;
  const findings: Finding[] = [];
  let googleUrl = GOOGLE_URL;
  if (!isOther) {
    try {
      const config = ownSettings(session.options);
      googleUrl = config.googleEndpoint ?? GOOGLE_URL;
      findings.push({ check: "settings", state: "passed", message: "All settings are good." });
      findings.push(...(await examineDirectory(config, session.world)));
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause;
      const errors = cause.details.errors ?? [];
      const fix = errors.map(({ field, problem, fix }) => `${field} ${problem}: ${fix}.`).join(" ");
      return [{ check: "settings", state: "failed", message: cause.details.detail, fix }];
    }
  }
  const { findings: daemon, sources } = await examineDaemon(session);
  return [...findings, ...daemon, await examineGoogle(session, googleUrl, sources)];
}

async function examineGoogle(
  { world }: Session,
  url: string,
  sources: readonly SourceAnswer[],
): Promise<Finding> {
  const check = "google";
  const isNeeded = sources.some(({ type, id }) => type === "googleSheet" && id !== "demo");
  try {
    const response = await world.fetch(url, { method: "HEAD", signal: AbortSignal.timeout(GOOGLE_MS_MAX) });
    const skewMs = skewOf(response, world.nowMs());
    if (Math.abs(skewMs) <= SKEW_MS_MAX) return { check, state: "passed", message: `${url} answers.` };
    return {
      check,
      state: "failed",
      message: `The clock of this machine is ${Math.round(Math.abs(skewMs) / 1_000)} s off Google's, which then refuses keys.`,
      fix: "Let the machine keep its time, such as by `timedatectl set-ntp true`.",
    };
  } catch (cause) {
    return {
      check,
      state: isNeeded ? "failed" : "warning",
      message: `${url} cannot be reached from here (${cause instanceof Error ? cause.message : String(cause)}).`,
      fix: "Let this machine open HTTPS connections to sheets.googleapis.com, www.googleapis.com and oauth2.googleapis.com.",
    };
  }
}

/** How far ahead the other clock is; 0 where it is not told. */
function skewOf(response: Response, nowMs: number): number {
  const told = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(told) ? 0 : told - nowMs;
}

function findingsText(findings: readonly Finding[], { paint }: Session): string {
  const signs = {
    passed: paint.green("PASSED "),
    warning: paint.yellow("WARNING"),
    failed: paint.red("FAILED "),
  };
  return findings
    .map(({ check, state, message, fix }) => {
      const cure = fix === undefined ? "" : `\n         ${paint.bold("Mend it:")} ${plain(fix)}`;
      return `${signs[state]}  ${check}: ${plain(message)}${cure}\n`;
    })
    .join("");
}
