/**
 * Writes src/schema/sheets.json and drive.json from Google's discovery documents:
 *
 *     bun google-emulator/schema-from-discovery.ts sheets.v4.json drive.v3.json
 *
 * One line per message, in the notation of src/schema/schema.ts; a method's query parameters are a message of
 * their own under the method's id. drive-methods.json has the ids by HTTP method and path.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly repeated?: boolean;
  readonly location?: string;
  readonly minimum?: string;
  readonly maximum?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

interface Resource {
  readonly methods?: Readonly<
    Record<
      string,
      {
        readonly id: string;
        readonly httpMethod: string;
        readonly path: string;
        readonly parameters?: Readonly<Record<string, Schema>>;
      }
    >
  >;
  readonly resources?: Readonly<Record<string, Resource>>;
}

interface Discovery extends Resource {
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** Messages by name; `prefix` keeps one API's names apart from another's. */
export function messagesOf(discovery: Discovery, prefix: string): Record<string, string> {
  const messages: Record<string, string> = {};
  const describe = (name: string, properties: Readonly<Record<string, Schema>>): void => {
    messages[name] = Object.entries(properties)
      .map(([field, schema]) => `${field}:${typeOf(schema, `${name}.${field}`)}`)
      .join(" ");
  };
  const typeOf = (schema: Schema, path: string): string => {
    if (schema.repeated) return `[]${typeOf({ ...schema, repeated: false }, path)}`;
    if (schema.$ref !== undefined) return `${prefix}${schema.$ref}`;
    if (schema.enum) return `(${schema.enum.join("|")})`;
    if (schema.items) return schema.items.type === "any" ? "list" : `[]${typeOf(schema.items, path)}`;
    if (schema.additionalProperties) return `{}${typeOf(schema.additionalProperties, path)}`;
    if (schema.properties) {
      describe(path, schema.properties);
      return path;
    }
    if (schema.type === "integer" && schema.minimum !== undefined && schema.maximum !== undefined) {
      return `int<${schema.minimum}..${schema.maximum}>`;
    }
    return SCALARS[`${schema.type} ${schema.format}`] ?? SCALARS[schema.type ?? ""] ?? "any";
  };
  for (const [name, schema] of Object.entries(discovery.schemas).sort(byName)) {
    describe(`${prefix}${name}`, schema.properties ?? {});
  }
  const methods = (resource: Resource): void => {
    for (const method of Object.values(resource.methods ?? {})) {
      const query = Object.entries(method.parameters ?? {}).filter(([, one]) => one.location === "query");
      describe(method.id, Object.fromEntries(query.sort(byName)));
    }
    for (const inner of Object.values(resource.resources ?? {})) methods(inner);
  };
  methods(discovery);
  return messages;
}

/** "GET files/{fileId}" to "drive.files.get". */
export function methodsOf(resource: Resource): Record<string, string> {
  const methods: Record<string, string> = {};
  for (const { id, httpMethod, path } of Object.values(resource.methods ?? {})) {
    methods[`${httpMethod} ${path}`] = id;
  }
  for (const inner of Object.values(resource.resources ?? {})) Object.assign(methods, methodsOf(inner));
  return methods;
}

const SCALARS: Readonly<Record<string, string>> = {
  string: "string",
  "string int64": "int64",
  boolean: "bool",
  integer: "int",
  number: "double",
};

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

if (import.meta.main) {
  const [sheets, drive] = process.argv
    .slice(2)
    .map((path) => JSON.parse(readFileSync(path, "utf8")) as Discovery);
  if (!sheets || !drive) throw new Error("Give the paths of the two discovery documents.");
  for (const [name, content] of [
    ["sheets", messagesOf(sheets, "")],
    ["drive", messagesOf(drive, "drive.")],
    ["drive-methods", methodsOf(drive)],
  ] as const) {
    const path = join(import.meta.dir, "src/schema", `${name}.json`);
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  }
}
