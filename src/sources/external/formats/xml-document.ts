import type { CellValue } from "#contract/cell.ts";
import { ok, type Result } from "#contract/result.ts";
import { type FeedDocument, type FeedRow, type Malformed, malformed, someNames } from "../feed-document.ts";
import { elementsAt, parseXmlPath, type XmlPath } from "./xml-path.ts";
import { parseXml, type XmlElement } from "./xml-tree.ts";

/** A body of XML. Every value is a text; what is blank is empty. */
export function parseXmlDocument(text: string, depthMax: number): Result<FeedDocument, Malformed> {
  const parsed = parseXml(text, depthMax);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  // Paths begin above the root, which is their first step.
  const top: XmlElement = { name: "", attributes: [], children: [root], text: "" };
  const paths = new Map<string, Result<XmlPath, string>>();
  const pathOf = (path: string): Result<XmlPath, string> => {
    const known = paths.get(path) ?? parseXmlPath(path);
    paths.set(path, known);
    return known;
  };
  const valueAt = (from: XmlElement, path: string): CellValue => {
    const compiled = pathOf(path);
    return compiled.ok ? queried(from, compiled.value) : null;
  };
  const row = (element: XmlElement): FeedRow => ({
    cells: flatten(element),
    at: (path) => valueAt(element, path),
  });
  return ok({
    untyped: true,
    ordered: false,
    valueAt: (path) => valueAt(top, path),
    rows(path) {
      const found = path === undefined ? findRows(root) : rowsAt(top, path, pathOf(path));
      return found.ok ? ok(found.value.map(row)) : found;
    },
  });
}

/** No row where its parent is there is an empty list; no parent is another form. */
function rowsAt(
  top: XmlElement,
  path: string,
  compiled: Result<XmlPath, string>,
): Result<XmlElement[], Malformed> {
  if (!compiled.ok) return malformed("rowsPath", `"${path}" is no path into XML: ${compiled.error}`);
  const { steps } = compiled.value;
  const found = elementsAt(top, steps);
  if (found.length > 0 || elementsAt(top, steps.slice(0, -1)).length > 0) {
    const isRoot = found.length === 0 && steps.length === 1 && !steps[0]!.deep;
    if (!isRoot) return ok(found);
  }
  const fix = "The last good data stay. Correct rowsPath if the feed has another form now.";
  return malformed(path, `nothing stands there; lists of elements are at ${lists(top)}`, fix);
}

/** The root's children, where all have one name. */
function findRows(root: XmlElement): Result<readonly XmlElement[], Malformed> {
  const names = new Set(root.children.map(({ name }) => name));
  if (names.size <= 1) return ok(root.children);
  const top: XmlElement = { name: "", attributes: [], children: [root], text: "" };
  const fix = 'Say under "rowsPath" where the rows stand, such as /rss/channel/item.';
  return malformed(
    root.name,
    `rowsPath does not say which elements are rows; lists of elements are at ${lists(top)}`,
    fix,
  );
}

/** Attributes as `@name`, elements in elements by dotted names; elements of one name as the JSON text of a list. */
function flatten(row: XmlElement): Map<string, CellValue> {
  const cells = new Map<string, CellValue>();
  const put = (element: XmlElement, prefix: string, ownName: string): void => {
    const isLeaf = element.children.length === 0;
    if (isLeaf || element.text !== "") {
      if (ownName !== "" || element.text !== "") cells.set(ownName || "#text", textCell(element.text));
    }
    for (const [name, value] of element.attributes) cells.set(`${prefix}@${name}`, textCell(value));
    for (const [name, group] of byName(element.children)) {
      if (group.length > 1) cells.set(prefix + name, JSON.stringify(group.map(plain)));
      else put(group[0]!, `${prefix}${name}.`, prefix + name);
    }
  };
  put(row, "", "");
  return cells;
}

function queried(from: XmlElement, { steps, attribute }: XmlPath): CellValue {
  const found = elementsAt(from, steps);
  const values =
    attribute === null
      ? found.map((element) => (element.children.length === 0 ? element.text : plain(element)))
      : found.flatMap(({ attributes }) =>
          attributes.filter(([name]) => name === attribute).map(([, value]) => value),
        );
  if (values.length > 1) return JSON.stringify(values);
  const [value = ""] = values;
  return typeof value === "string" ? textCell(value) : JSON.stringify(value);
}

/** An element as JSON has it: a text where it is nothing but text. */
function plain(element: XmlElement): unknown {
  if (element.children.length === 0 && element.attributes.length === 0) return element.text;
  const own = element.text === "" ? [] : [["#text", element.text] as const];
  const parts = [...byName(element.children)].map(([name, group]) => {
    const values = group.map(plain);
    return [name, values.length > 1 ? values : values[0]] as const;
  });
  return Object.fromEntries([
    ...element.attributes.map(([name, value]) => [`@${name}`, value] as const),
    ...own,
    ...parts,
  ]);
}

function textCell(text: string): CellValue {
  return text === "" ? null : text;
}

function byName(elements: readonly XmlElement[]): Map<string, XmlElement[]> {
  const groups = new Map<string, XmlElement[]>();
  for (const element of elements) {
    const group = groups.get(element.name);
    if (group) group.push(element);
    else groups.set(element.name, [element]);
  }
  return groups;
}

/** Paths at which elements of one name stand side by side, for a hint. */
function lists(top: XmlElement): string {
  const found = new Set<string>();
  const look = (element: XmlElement, path: string): void => {
    for (const [name, group] of byName(element.children)) {
      if (group.length > 1) found.add(`${path}/${name}`);
      look(group[0]!, `${path}/${name}`);
    }
  };
  look(top, "");
  return someNames(found);
}
