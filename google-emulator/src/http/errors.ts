/** Failures in Google's words. Sheets and the token endpoint shape them differently from Drive. */
import type { Json, JsonObject } from "./json.ts";
import { type EmulatorResponse, jsonResponse } from "./message.ts";

export type ErrorStatus =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "FAILED_PRECONDITION"
  | "RESOURCE_EXHAUSTED"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE";

const CODES: Readonly<Record<ErrorStatus, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
};

/** Ends a call with an error answer. Thrown, since it may surface deep inside a batch. */
export class ApiError extends Error {
  readonly code: number;
  readonly status: ErrorStatus;
  readonly details: readonly JsonObject[];
  /** Drive's own reason word and, where it names one, the parameter at fault. */
  readonly drive: { readonly reason: string; readonly location?: string; readonly domain?: string } | null;

  constructor(
    status: ErrorStatus,
    message: string,
    more: { details?: readonly JsonObject[]; drive?: ApiError["drive"]; code?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.code = more.code ?? CODES[status];
    this.details = more.details ?? [];
    this.drive = more.drive ?? null;
  }
}

export interface FieldViolation {
  /** Dotted path in Google's snake_case; empty when the body itself is at fault. */
  readonly field: string;
  readonly description: string;
}

/** The 400 of a body that does not fit its message type. */
export function badRequest(violations: readonly FieldViolation[]): ApiError {
  const details = [
    {
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: violations.map(({ field, description }) =>
        field === "" ? { description } : { field, description },
      ),
    },
  ];
  return new ApiError("INVALID_ARGUMENT", violations.map((v) => v.description).join("\n"), { details });
}

export function invalid(message: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", message);
}

export function notFound(): ApiError {
  return new ApiError("NOT_FOUND", "Requested entity was not found.");
}

export function forbidden(): ApiError {
  return new ApiError("PERMISSION_DENIED", "The caller does not have permission");
}

/** For what Google would do and this emulator cannot: never a made-up success. */
export function unimplemented(what: string): ApiError {
  return new ApiError("UNIMPLEMENTED", `The emulator does not implement ${what}.`);
}

/** `google.rpc.ErrorInfo`, the machine-readable half of an error. */
export function errorInfo(reason: string, metadata: Record<string, string>): JsonObject {
  return {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "googleapis.com",
    metadata,
  };
}

export function sheetsErrorResponse(error: ApiError): EmulatorResponse {
  const body: JsonObject = { code: error.code, message: error.message, status: error.status };
  if (error.details.length > 0) body.details = [...error.details];
  return jsonResponse(error.code, { error: body });
}

/** Drive always lists `errors`; `status` appears for authentication failures only. */
export function driveErrorResponse(error: ApiError): EmulatorResponse {
  const drive = error.drive ?? { reason: DRIVE_REASONS[error.status] };
  const one: JsonObject = {
    message: error.message,
    domain: drive.domain ?? "global",
    reason: drive.reason,
  };
  if (drive.location !== undefined) {
    one.location = drive.location;
    one.locationType = drive.location === "Authorization" ? "header" : "parameter";
  }
  const body: Record<string, Json> = { code: error.code, message: error.message, errors: [one] };
  if (error.status === "UNAUTHENTICATED") body.status = error.status;
  return jsonResponse(error.code, { error: body });
}

const DRIVE_REASONS: Readonly<Record<ErrorStatus, string>> = {
  INVALID_ARGUMENT: "invalid",
  FAILED_PRECONDITION: "failedPrecondition",
  UNAUTHENTICATED: "authError",
  PERMISSION_DENIED: "insufficientFilePermissions",
  NOT_FOUND: "notFound",
  ALREADY_EXISTS: "conflict",
  RESOURCE_EXHAUSTED: "rateLimitExceeded",
  UNIMPLEMENTED: "notImplemented",
  INTERNAL: "internalError",
  UNAVAILABLE: "backendError",
};
