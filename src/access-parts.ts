/** Who gets in, how fast, and what is written down of them: the parts of access, put together. */
import { AUDIT_LIMITS, type Audit, createAudit } from "./access/audit.ts";
import { createGate, type Gate } from "./access/gate.ts";
import { createJwtTokens, type JwtSettings } from "./access/jwt-tokens.ts";
import { createFailureLimits } from "./access/limits.ts";
import { createRequestLimits, REQUEST_LIMITS, type RequestLimits } from "./access/request-limits.ts";
import { createTokenStore, type TokenStore } from "./access/token-store.ts";
import { createTokens, joinTokens } from "./access/tokens.ts";
import type { Kv } from "./backend/backend.ts";
import type { Runtime } from "./runtime/runtime.ts";

export interface AccessParts {
  readonly gate: Gate;
  readonly tokenStore: TokenStore;
  readonly audit: Audit;
  readonly limits: { readonly token: RequestLimits; readonly address: RequestLimits };
  load(): Promise<void>;
}

export type AccessLimits = Readonly<Record<keyof (typeof REQUEST_LIMITS & typeof AUDIT_LIMITS), number>>;

export interface AccessDeps {
  readonly kv: Kv;
  readonly runtime: Runtime;
  readonly adminToken: string;
  /** Whose signed tokens are taken; absent: nobody's. */
  readonly jwt?: JwtSettings | undefined;
  readonly limits?: Partial<AccessLimits> | undefined;
}

export function createAccess({ kv, runtime, adminToken, jwt, limits }: AccessDeps): AccessParts {
  const { clock } = runtime;
  const bounds = { ...REQUEST_LIMITS, ...AUDIT_LIMITS, ...limits };
  const tokenStore = createTokenStore({ kv, runtime });
  const audit = createAudit({ kv, runtime, daysMax: bounds.auditDaysMax });
  const tokens = joinTokens(
    createTokens({ adminToken }),
    tokenStore,
    ...(jwt ? [createJwtTokens(jwt, runtime)] : []),
  );
  return {
    gate: createGate({ tokens, limits: createFailureLimits({ clock }) }),
    tokenStore,
    audit,
    limits: {
      token: createRequestLimits({ clock, perSecond: bounds.requestsPerSecondPerTokenMax }),
      address: createRequestLimits({ clock, perSecond: bounds.requestsPerSecondPerAddressMax }),
    },
    async load() {
      await audit.load();
      await tokenStore.load();
    },
  };
}
