/**
 * Judges the emulator by Google's discovery documents, where they lie beside the checkout: each method and each
 * request of batchUpdate gets valid calls, whose answers must have the right shape or be an honest 501, and calls
 * spoiled in every way a schema allows, which must be refused in Google's shape. Run by itself it prints the
 * shares per method.
 */
import { readFileSync } from "node:fs";
import { isObject, type Json, type JsonObject } from "../src/http/json.ts";
import { DRIVE_BODIES, fixture, METHOD_BODIES, REQUESTS } from "./discovery-calls.ts";
import { recordedFile } from "./recorded.ts";

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly location?: string;
  readonly required?: boolean;
}

interface Method {
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, Schema>>;
  readonly request?: Schema;
  readonly response?: Schema;
}

interface Resource {
  readonly methods?: Readonly<Record<string, Method>>;
  readonly resources?: Readonly<Record<string, Resource>>;
}

export interface Discovery extends Resource {
  readonly name: string;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export interface Verdict {
  /** A method's id, for batchUpdate with the kind of request. */
  readonly method: string;
  /** "filled": every field at once, which Google too may refuse. */
  readonly kind: "valid" | "invalid" | "filled";
  readonly what: string;
  /** "answered", "unimplemented" and "refused" are right; anything else says what is wrong. */
  readonly result: string;
}

export function readDiscovery(): Discovery[] | null {
  const paths = ["sheets.v4.json", "drive.v3.json"].map(recordedFile);
  if (!paths[0] || !paths[1]) return null;
  return paths.map((path) => JSON.parse(readFileSync(path!, "utf8")) as Discovery);
}

export function isRight({ kind, result }: Verdict): boolean {
  if (kind === "invalid") return result === "refused";
  return result === "answered" || result === "unimplemented" || (kind === "filled" && result === "refused");
}

export function judge(discovery: Discovery): Verdict[] {
  return methodsOf(discovery).flatMap((method) =>
    method.id === "sheets.spreadsheets.batchUpdate"
      ? Object.keys(discovery.schemas.Request?.properties ?? {}).flatMap((kind) => {
          const asRequest = (fields: Json): JsonObject => ({ requests: [{ [kind]: fields }] });
          const bodies = (REQUESTS[kind] ?? [{}]).map(asRequest);
          const all = discovery.schemas.Request?.properties?.[kind] ?? {};
          const filled = asRequest(filledValue(discovery, all, 0) ?? {});
          return judgeMethod(discovery, method, bodies, `${method.id} ${kind}`, filled);
        })
      : judgeMethod(
          discovery,
          method,
          bodiesOf(method),
          method.id,
          filledValue(discovery, method.request ?? {}, 0) ?? {},
        ),
  );
}

function bodiesOf(method: Method): readonly JsonObject[] {
  return METHOD_BODIES[method.id] ?? DRIVE_BODIES[method.id] ?? [{}];
}

function judgeMethod(
  discovery: Discovery,
  method: Method,
  bodies: readonly JsonObject[],
  name: string,
  filled: Json,
): Verdict[] {
  const sheets = discovery.name === "sheets";
  const verdicts: Verdict[] = [];
  const validQuery = queryOf(method, (schema, name) => validText(schema) ?? QUERY[name] ?? null);
  // Not marked as required in the document, but in words.
  const least = queryOf(method, (schema, name) =>
    schema.required || name === "valueInputOption" ? (validText(schema) ?? "x") : null,
  );
  for (const query of new Set([least, validQuery])) {
    for (const body of bodies) {
      const result = validResult(discovery, method, call(fixture(), method, query, body));
      verdicts.push({ method: name, kind: "valid", what: `${query} ${JSON.stringify(body)}`, result });
    }
  }
  const answer = call(fixture(), method, validQuery, filled);
  const whole = validResult(discovery, method, answer);
  const refused = refusalResult(sheets, answer);
  verdicts.push({
    method: name,
    kind: "filled",
    what: JSON.stringify(filled),
    result: refused === "refused" ? refused : whole,
  });
  // What is not there at all cannot refuse anything.
  if (verdicts.every(({ result }) => result === "unimplemented")) return verdicts;
  // What is refused changes nothing, so one workbook does for all.
  const spoilt = fixture();
  const refuse = (what: string, answer: Answer): void => {
    verdicts.push({ method: name, kind: "invalid", what, result: refusalResult(sheets, answer) });
  };
  const [body = {}] = bodies;
  if (method.request) {
    for (const spoiled of spoiledBodies(discovery, method.request, body, sheets)) {
      refuse(JSON.stringify(spoiled), call(spoilt, method, validQuery, spoiled));
    }
    refuse("no JSON", call(spoilt, method, validQuery, "{ nonsense"));
  }
  for (const [parameter, schema] of Object.entries(method.parameters ?? {})) {
    const bad = schema.location === "query" ? invalidText(schema) : null;
    if (bad !== null) refuse(`${parameter}=${bad}`, call(spoilt, method, `?${parameter}=${bad}`, body));
    if (schema.location === "path")
      refuse(`no ${parameter}`, call(spoilt, method, validQuery, body, parameter));
  }
  if (sheets)
    refuse(
      "an unknown parameter",
      call(spoilt, method, `${validQuery}${validQuery ? "&" : "?"}nonsense=1`, body),
    );
  if (method.response) {
    refuse(
      "an unknown field",
      call(spoilt, method, `${validQuery}${validQuery ? "&" : "?"}fields=nonsense`, body),
    );
  }
  return verdicts;
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

function call(
  { emulator, params }: ReturnType<typeof fixture>,
  method: Method,
  query: string,
  body: Json,
  missing?: string,
): Answer {
  const drive = method.id.startsWith("drive.");
  const path = method.path.replace(/\{(\w+)\}/g, (_all, name: string) =>
    name === missing ? "" : encodeURIComponent(params[name] ?? "none"),
  );
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = emulator.handle({
    method: method.httpMethod,
    url: `${drive ? "/drive/v3/" : "/"}${path}${query}`,
    headers: { "content-type": "application/json" },
    body: method.request ? text.replace("{resourceId}", params.resourceId ?? "") : "",
  });
  const json = answer.headers["content-type"]?.includes("json");
  return { status: answer.status, body: json ? (JSON.parse(answer.body) as Json) : answer.body };
}

function validResult(discovery: Discovery, method: Method, { status, body }: Answer): string {
  const failed = isObject(body) && isObject(body.error);
  if (status === 501 && failed) return "unimplemented";
  if (status === 204) return method.response ? "204 for an answer" : "answered";
  if (status !== 200) return `${status}: ${JSON.stringify(body).slice(0, 300)}`;
  if (!method.response) return "answered";
  return shapeProblem(discovery, method.response, body, "") ?? "answered";
}

function refusalResult(sheets: boolean, { status, body }: Answer): string {
  if (status !== 400 && status !== 404) return `${status}: ${JSON.stringify(body).slice(0, 200)}`;
  if (!isObject(body) || !isObject(body.error)) return "no error object";
  const { code, message, errors, details, status: word } = body.error;
  if (code !== status || typeof message !== "string" || message === "") return "no code and message";
  if (!sheets)
    return Array.isArray(errors) && isObject(errors[0]) && errors[0].reason ? "refused" : "no errors[]";
  if (word !== (status === 400 ? "INVALID_ARGUMENT" : "NOT_FOUND")) return `status ${JSON.stringify(word)}`;
  return details === undefined || Array.isArray(details) ? "refused" : "details is no list";
}

/** The first place where an answer is not what its schema says; null when it is. */
export function shapeProblem(discovery: Discovery, schema: Schema, value: Json, path: string): string | null {
  const wrong = (want: string): string =>
    `${path || "answer"}: ${JSON.stringify(value)?.slice(0, 80)} is no ${want}`;
  if (schema.$ref !== undefined) {
    return shapeProblem(discovery, discovery.schemas[schema.$ref] ?? {}, value, path);
  }
  if (schema.type === "any") return null;
  if (schema.type === "array") {
    if (!Array.isArray(value)) return wrong("list");
    for (const [i, item] of value.entries()) {
      const problem = shapeProblem(discovery, schema.items ?? {}, item, `${path}[${i}]`);
      if (problem) return problem;
    }
    return null;
  }
  if (schema.type === "object") {
    if (!isObject(value)) return wrong("object");
    for (const [name, item] of Object.entries(value)) {
      const inner = schema.properties?.[name] ?? schema.additionalProperties;
      const problem = inner
        ? shapeProblem(discovery, inner, item, `${path}.${name}`)
        : `${path}.${name} is not in the schema`;
      if (problem) return problem;
    }
    return null;
  }
  if (schema.enum && !schema.enum.includes(String(value))) return wrong(`one of ${schema.enum.slice(0, 4)}`);
  if (schema.type === "integer") return Number.isInteger(value) ? null : wrong("integer");
  if (schema.type === "number") return typeof value === "number" ? null : wrong("number");
  return typeof value === schema.type ? null : wrong(schema.type ?? "value");
}

/** The body with, one at a time, each field of a wrong type and an unknown field in each object. */
function* spoiledBodies(discovery: Discovery, schema: Schema, value: Json, strict: boolean): Generator<Json> {
  if (schema.$ref !== undefined) {
    yield* spoiledBodies(discovery, discovery.schemas[schema.$ref] ?? {}, value, strict);
    return;
  }
  if (schema.type === "array" && Array.isArray(value) && schema.items) {
    for (const [i, item] of value.entries()) {
      for (const spoiled of spoiledBodies(discovery, schema.items, item, strict))
        yield value.with(i, spoiled);
    }
    return;
  }
  if (!isObject(value) || !schema.properties) return;
  if (strict) yield { ...value, noSuchField: 1 };
  for (const [name, inner] of Object.entries(schema.properties)) {
    const wrong = wrongValue(inner);
    if (wrong !== undefined) yield { ...value, [name]: wrong };
    const present = value[name];
    if (present === undefined) continue;
    for (const spoiled of spoiledBodies(discovery, inner, present, strict))
      yield { ...value, [name]: spoiled };
  }
}

/** Every field of a schema down to a few levels, with what fits by type. */
function filledValue(discovery: Discovery, schema: Schema, depth: number): Json | undefined {
  if (depth > 7) return undefined;
  if (schema.$ref !== undefined) {
    return filledValue(discovery, discovery.schemas[schema.$ref] ?? {}, depth + 1);
  }
  if (schema.enum) return schema.enum.at(-1) ?? "";
  if (schema.type === "array") {
    const item = filledValue(discovery, schema.items ?? {}, depth + 1);
    return item === undefined ? [] : [item];
  }
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return 1;
  if (schema.type === "string") return schema.format === "google-fieldmask" ? "*" : "1";
  if (!schema.properties) return schema.type === "any" ? 1 : {};
  const entries = Object.entries(schema.properties).flatMap(([name, inner]) => {
    const value = filledValue(discovery, inner, depth + 1);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function wrongValue(schema: Schema): Json | undefined {
  if (schema.type === "any" || schema.items?.type === "any") return undefined;
  if (schema.enum) return "NO_SUCH_WORD";
  if (schema.type === "array") {
    const item = schema.items ? wrongValue(schema.items) : undefined;
    return item === undefined ? undefined : [item];
  }
  if (schema.type === "string") return { not: "a text" };
  return schema.type === "boolean" || schema.type === "integer" || schema.type === "number"
    ? "perhaps"
    : "text";
}

function queryOf(method: Method, text: (schema: Schema, name: string) => string | null): string {
  const parts = Object.entries(method.parameters ?? {}).flatMap(([name, schema]) => {
    const wanted = schema.location === "query" ? text(schema, name) : null;
    const value = wanted === null ? null : (QUERY[`${method.id} ${name}`] ?? QUERY[name] ?? wanted);
    return value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

/** Parameters that take no text at random. */
const QUERY: Readonly<Record<string, string>> = {
  ranges: "Sheet1!A1:B2",
  q: "name contains 'S' and trashed = false",
  orderBy: "folder,modifiedTime desc,name",
  mimeType: "text/csv",
  pageSize: "10",
  pageToken: "",
  "drive.changes.list pageToken": "1",
  "drive.changes.watch pageToken": "1",
  transferOwnership: "false",
};

function validText(schema: Schema): string | null {
  if (schema.enum) return schema.enum.find((word) => !word.endsWith("_UNSPECIFIED")) ?? null;
  if (schema.type === "boolean") return "true";
  return schema.type === "integer" ? "3" : null;
}

function invalidText(schema: Schema): string | null {
  if (schema.enum) return "NO_SUCH_WORD";
  return schema.type === "boolean" || schema.type === "integer" ? "perhaps" : null;
}

function methodsOf(resource: Resource): Method[] {
  return [
    ...Object.values(resource.methods ?? {}),
    ...Object.values(resource.resources ?? {}).flatMap(methodsOf),
  ];
}

if (import.meta.main) {
  const documents = readDiscovery();
  if (!documents) console.log("No discovery documents beside the checkout.");
  for (const discovery of documents ?? []) {
    const verdicts = judge(discovery);
    for (const method of new Set(verdicts.map((one) => one.method))) {
      const own = verdicts.filter((one) => one.method === method);
      const count = (kind: Verdict["kind"]): string => {
        const all = own.filter((one) => one.kind === kind);
        return `${all.filter(isRight).length}/${all.length}`.padStart(9);
      };
      const later = own.every(({ result }) => result === "unimplemented") ? "  501" : "";
      console.log(
        `${count("valid")} valid ${count("filled")} filled ${count("invalid")} invalid  ${method}${later}`,
      );
      for (const one of own.filter((each) => !isRight(each)).slice(0, 3)) {
        console.log(`            ${one.what.slice(0, 150)}\n            -> ${one.result}`);
      }
    }
    const right = verdicts.filter(isRight).length;
    console.log(
      `${discovery.name}: ${((100 * right) / verdicts.length).toFixed(1)} % of ${verdicts.length} calls`,
    );
  }
}
