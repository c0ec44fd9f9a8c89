import type { SourceAnswer } from "#contract/rest.ts";
import { version } from "../../../package.json";
import { Failure } from "../failure.ts";
import type { Session } from "../session.ts";
import type { Finding } from "./finding.ts";

const SKEW_MS_MAX = 5_000;

/** Of the daemon that runs: whether it answers, its version, the token, and its sources. */
export async function examineDaemon(
  session: Session,
): Promise<{ readonly findings: readonly Finding[]; readonly sources: readonly SourceAnswer[] }> {
  const findings: Finding[] = [];
  let sources: readonly SourceAnswer[] = [];
  const look = async (check: string, fix: string, work: () => Promise<Finding | readonly Finding[]>) => {
    try {
      findings.push(...[await work()].flat());
      return true;
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause;
      findings.push({ check, state: "failed", message: cause.details.problem ?? cause.details.detail, fix });
      return false;
    }
  };
  const answers = await look(
    "daemon",
    "Start it with `sheetwire start`, or say where it is with --url.",
    () => daemon(session),
  );
  if (!answers) return { findings, sources };
  const isKnown = await look(
    "token",
    "Make one with `sheetwire tokens make doctor --scope admin`.",
    async () => {
      sources = await session.api.get<SourceAnswer[]>("/datasources");
      return { check: "token", state: "passed", message: "The token works, and may administer." };
    },
  );
  if (isKnown) findings.push(...sources.map(ofSource));
  return { findings, sources };
}

async function daemon({ api, world }: Session): Promise<readonly Finding[]> {
  const answer = await api.open("/readyz");
  const { status, detail } = (await answer.json()) as { status: string; detail?: string };
  const ready: Finding =
    status === "ready"
      ? { check: "daemon", state: "passed", message: `${api.url} answers and is ready.` }
      : {
          check: "daemon",
          state: "failed",
          message: detail ?? `It is ${status}.`,
          fix: "Look at its disk and its log.",
        };
  const { info } = await api.get<{ info: { version: string } }>("/openapi.json");
  const same = info.version === version;
  return [
    ready,
    {
      check: "version",
      state: same ? "passed" : "warning",
      message: `The daemon is ${info.version}, this command ${version}, Bun ${Bun.version}.`,
      ...(!same && { fix: "Run the command of the daemon's own version, or update the older one." }),
    },
    ...clock(answer, world.nowMs()),
  ];
}

/** Nothing where the daemon does not tell its time. */
function clock(answer: Response, nowMs: number): readonly Finding[] {
  const told = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(told)) return [];
  const skewMs = Math.abs(told - nowMs);
  if (skewMs <= SKEW_MS_MAX) {
    return [
      { check: "clock", state: "passed", message: "The clocks of the daemon and of this machine agree." },
    ];
  }
  return [
    {
      check: "clock",
      state: "warning",
      message: `The daemon's clock is ${Math.round(skewMs / 1_000)} s off the one of this machine.`,
      fix: "Let both keep their time, such as by `timedatectl set-ntp true`.",
    },
  ];
}

function ofSource({ id, state, error, notices = [] }: SourceAnswer): Finding {
  const check = `source ${id}`;
  if (error) return { check, state: "failed", message: error.message, fix: error.fix };
  if (state === "paused") {
    return { check, state: "warning", message: "It is paused.", fix: `sheetwire sources resume ${id}` };
  }
  const odd = notices.length === 0 ? "" : ` ${notices.length} notices: see \`sheetwire sources show ${id}\`.`;
  return { check, state: "passed", message: `It is ${state}.${odd}` };
}
