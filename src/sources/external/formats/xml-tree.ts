/** XML as a tree, by fast-xml-parser with entities off: what a document declares is never expanded. */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { ok, type Result } from "#contract/result.ts";
import { type Malformed, malformed } from "../feed-document.ts";

export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string;
  /** Names as written, without declarations of namespaces. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly XmlElement[];
  /** Its own text without that of its children, blanks around it taken off. */
  readonly text: string;
}

/** The root element. */
export function parseXml(text: string, depthMax: number): Result<XmlElement, Malformed> {
  const checked = XMLValidator.validate(text);
  if (checked !== true) {
    const { msg, line, col } = checked.err;
    return malformed(`line ${line}, column ${col}`, `is not XML, or ends in the middle: ${msg}`);
  }
  try {
    const nodes = createParser(depthMax).parse(text) as readonly Node[];
    const root = nodes.map(elementOf).find((element) => element !== null);
    return root ? ok(root) : malformed("body", "has no XML element");
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    if (/nested/i.test(said)) return malformed("body", `is nested more than ${depthMax} levels deep`);
    // External entities, and names that JavaScript keeps for itself.
    return malformed("body", `is XML that is not read, for safety: ${said.replace("[SECURITY] ", "")}`);
  }
}

/** As the parser gives them: one name with the children, beside the attributes. */
type Node = { readonly [ATTRIBUTES]?: Readonly<Record<string, string>> } & {
  readonly [name: string]: unknown;
};

const ATTRIBUTES = ":@";
const TEXT = "#text";
const CDATA = "#cdata";

function createParser(depthMax: number): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    textNodeName: TEXT,
    cdataPropName: CDATA,
    processEntities: false,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: depthMax,
    strictReservedNames: false,
  });
}

function elementOf(node: Node): XmlElement | null {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (name === undefined || name === TEXT || name === CDATA) return null;
  const parts = node[name] as readonly Node[];
  const attributes = Object.entries(node[ATTRIBUTES] ?? {})
    .filter(([key]) => key !== "xmlns" && !key.startsWith("xmlns:"))
    .map(([key, value]) => [key, decodeEntities(value)] as const);
  const children = parts.map(elementOf).filter((child) => child !== null);
  return { name, attributes, children, text: parts.map(textOf).join("") };
}

function textOf(node: Node): string {
  if (typeof node[TEXT] === "string") return decodeEntities(node[TEXT]);
  const inner = node[CDATA] as readonly Node[] | undefined;
  return inner?.map((part) => String(part[TEXT] ?? "")).join("") ?? "";
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The five that XML itself has and characters by number; any other stays as it is written. */
function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
