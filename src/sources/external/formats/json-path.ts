/** JSONPath, RFC 9535: json-p3 interprets it, without eval. */
import { JSONPathEnvironment, type JSONPathQuery, type JSONValue } from "json-p3";
import { err, ok, type Result } from "#contract/result.ts";

export interface JsonPath {
  /** The values that the path leads to, in the order of the document. */
  values(value: unknown): unknown[];
  /** Whether it leads to one place at most. */
  readonly singular: boolean;
}

/** Paths by their text, each compiled once. */
export function createJsonPaths(depthMax: number): (path: string) => Result<JsonPath, string> {
  // Nesting is bounded before any path is asked; one level more, for the scalars.
  const environment = new JSONPathEnvironment({ maxRecursionDepth: depthMax + 1 });
  const known = new Map<string, Result<JsonPath, string>>();
  return (path) => {
    const before = known.get(path);
    if (before) return before;
    const compiled = compile(environment, path);
    known.set(path, compiled);
    return compiled;
  };
}

function compile(environment: JSONPathEnvironment, path: string): Result<JsonPath, string> {
  let query: JSONPathQuery;
  try {
    query = environment.compile(path);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  return ok({
    values: (value) => query.query(value as JSONValue).values(),
    singular: query.singularQuery(),
  });
}
