/**
 * Paths into XML: `/rss/channel/item`, `feed//entry`, `//item`, `price/@currency`, `g:price`, `*`. A name is compared as it
 * is written, prefix included; `*:price` takes any prefix or none.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { XmlElement } from "./xml-tree.ts";

export interface XmlPath {
  readonly steps: readonly XmlStep[];
  /** Of the elements found: an attribute, or null for the elements themselves. */
  readonly attribute: string | null;
}

interface XmlStep {
  readonly name: string;
  /** At any depth below, not only among the children. */
  readonly deep: boolean;
}

const STEP = /^(?:\*|(?:\*:)?[\p{L}_][\p{L}\p{N}_.-]*(?::[\p{L}_][\p{L}\p{N}_.-]*)?)$/u;

export function parseXmlPath(text: string): Result<XmlPath, string> {
  const steps: XmlStep[] = [];
  let attribute: string | null = null;
  let deep = false;
  const parts = text.split("/");
  if (parts[0] === "") parts.shift();
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === "" && !last) deep = true;
    else if (last && part === "text()" && steps.length > 0) break;
    else if (last && part.startsWith("@") && STEP.test(part.slice(1))) attribute = part.slice(1);
    else if (STEP.test(part)) {
      steps.push({ name: part, deep });
      deep = false;
    } else return err(part === "" ? "it ends with a slash" : `"${part}" is no name of an element`);
  }
  return ok({ steps, attribute });
}

/** Elements that the steps lead to from `start`, whose children are the first to be looked at. */
export function elementsAt(start: XmlElement, steps: readonly XmlStep[]): XmlElement[] {
  let found: readonly XmlElement[] = [start];
  for (const { name, deep } of steps) {
    const next = new Set<XmlElement>();
    for (const element of found) collect(element, name, deep, next);
    found = [...next];
  }
  return [...found];
}

function collect(element: XmlElement, name: string, deep: boolean, into: Set<XmlElement>): void {
  for (const child of element.children) {
    if (matches(child.name, name)) into.add(child);
    if (deep) collect(child, name, deep, into);
  }
}

function matches(written: string, wanted: string): boolean {
  if (wanted === "*" || written === wanted) return true;
  return wanted.startsWith("*:") && written.slice(written.indexOf(":") + 1) === wanted.slice(2);
}
