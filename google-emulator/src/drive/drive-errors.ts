/** Errors in Drive's words. */
import { ApiError } from "../http/errors.ts";

export function fileNotFound(id: string): ApiError {
  return new ApiError("NOT_FOUND", `File not found: ${id}.`, {
    drive: { reason: "notFound", location: "fileId" },
  });
}

export function insufficientPermissions(): ApiError {
  return new ApiError("PERMISSION_DENIED", "The user does not have sufficient permissions for this file.", {
    drive: { reason: "insufficientFilePermissions" },
  });
}

export function invalidQuery(): ApiError {
  return new ApiError("INVALID_ARGUMENT", "Invalid Value", { drive: { reason: "invalid", location: "q" } });
}

export function invalidValue(location: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", "Invalid Value", { drive: { reason: "invalid", location } });
}

export function requiredParameter(name: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", `Required parameter: ${name}`, {
    drive: { reason: "required", location: name },
  });
}
