/** Requests per minute, by project and by user of a project, in fixed minutes of the clock. */
import { ApiError, errorInfo } from "./http/errors.ts";
import type { Service } from "./oauth/authenticate.ts";
import type { Caller } from "./oauth/caller.ts";

export interface QuotaLimits {
  readonly readsPerUser: number;
  readonly readsPerProject: number;
  readonly writesPerUser: number;
  readonly writesPerProject: number;
  /** Drive counts reads and writes together, per project. */
  readonly drivePerProject: number;
}

/** Google's own, for a project that asked for no more. */
export const GOOGLE_LIMITS: QuotaLimits = {
  readsPerUser: 60,
  readsPerProject: 300,
  writesPerUser: 60,
  writesPerProject: 300,
  drivePerProject: 12_000,
};

const MINUTE_MS = 60_000;

export class Quota {
  private limits: QuotaLimits | null;
  private minute = -1;
  private used = new Map<string, number>();

  /** `null`: no quota. */
  constructor(limits: QuotaLimits | null) {
    this.limits = limits;
  }

  configure(limits: QuotaLimits | null): void {
    this.limits = limits;
  }

  /** Counts one request, or throws Google's 429 without counting it. A batch is one request. */
  spend(caller: Caller, service: Service, access: "read" | "write", nowMs: number): void {
    if (!this.limits || caller.kind === "open") return;
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.used = new Map();
    }
    const { project } = caller;
    const user = caller.kind === "account" ? caller.email : caller.key;
    const counters =
      service === "drive"
        ? [{ key: `drive|${project}`, limit: this.limits.drivePerProject, per: "" }]
        : [
            {
              key: `${access}|${project}|${user}`,
              limit: access === "read" ? this.limits.readsPerUser : this.limits.writesPerUser,
              per: "PerUser",
            },
            {
              key: `${access}|${project}`,
              limit: access === "read" ? this.limits.readsPerProject : this.limits.writesPerProject,
              per: "PerProject",
            },
          ];
    for (const { key, limit, per } of counters) {
      if ((this.used.get(key) ?? 0) >= limit) throw quotaExceeded(service, access, per, project);
    }
    for (const { key } of counters) this.used.set(key, (this.used.get(key) ?? 0) + 1);
  }

  /** Requests counted in the current minute: what a checker of quotas looks at. */
  usage(nowMs: number): Readonly<Record<string, number>> {
    return Math.floor(nowMs / MINUTE_MS) === this.minute ? Object.fromEntries(this.used) : {};
  }
}

/** The 429 as recorded from Google; Drive answers 403. */
export function quotaExceeded(
  service: Service,
  access: "read" | "write",
  per: string,
  project: string,
): ApiError {
  if (service === "drive") {
    return new ApiError("PERMISSION_DENIED", "User Rate Limit Exceeded", {
      drive: { reason: "userRateLimitExceeded", domain: "usageLimits" },
    });
  }
  const kind = access === "read" ? "Read" : "Write";
  const shownPer = per === "PerProject" ? "" : " per user";
  const number = projectNumber(project);
  return new ApiError(
    "RESOURCE_EXHAUSTED",
    `Quota exceeded for quota metric '${kind} requests' and limit '${kind} requests per minute${shownPer}' of service 'sheets.googleapis.com' for consumer 'project_number:${number}'.`,
    {
      details: [
        errorInfo("RATE_LIMIT_EXCEEDED", {
          quota_metric: `sheets.googleapis.com/${kind.toLowerCase()}_requests`,
          service: "sheets.googleapis.com",
          consumer: `projects/${number}`,
          quota_limit: `${kind}RequestsPerMinute${per}`,
        }),
      ],
    },
  );
}

function projectNumber(project: string): string {
  let number = 0;
  for (const letter of project) number = (number * 131 + letter.charCodeAt(0)) % 900_000_000_000;
  return String(100_000_000_000 + number);
}
