/**
 * Whether an answer is as a page of the documentation prints it: "..." stands for anything, also within a text and, as
 * the last of a list, for the rest of it; fields may be left out. Null, or where it differs.
 */
export function differsFromPrinted(printed: unknown, answer: unknown, at = "$"): string | null {
  if (printed === "...") return null;
  if (typeof printed === "string" && printed.includes("...")) {
    const parts = printed.split("...").map(RegExp.escape);
    const fits = typeof answer === "string" && new RegExp(`^${parts.join("[\\s\\S]*")}$`).test(answer);
    return fits ? null : differs(printed, answer, at);
  }
  if (Array.isArray(printed)) return listDiffers(printed, answer, at);
  if (typeof printed === "object" && printed !== null) {
    if (typeof answer !== "object" || answer === null || Array.isArray(answer))
      return differs(printed, answer, at);
    for (const [key, value] of Object.entries(printed)) {
      const found = differsFromPrinted(value, (answer as Record<string, unknown>)[key], `${at}.${key}`);
      if (found) return found;
    }
    return null;
  }
  return Object.is(printed, answer) ? null : differs(printed, answer, at);
}

function listDiffers(printed: readonly unknown[], answer: unknown, at: string): string | null {
  if (!Array.isArray(answer)) return differs(printed, answer, at);
  const isOpen = printed.at(-1) === "...";
  const items = isOpen ? printed.slice(0, -1) : printed;
  if (isOpen ? answer.length < items.length : answer.length !== items.length)
    return differs(printed, answer, at);
  for (const [index, item] of items.entries()) {
    const found = differsFromPrinted(item, answer[index], `${at}[${index}]`);
    if (found) return found;
  }
  return null;
}

function differs(printed: unknown, answer: unknown, at: string): string {
  return `${at} is printed as ${JSON.stringify(printed)} and is ${JSON.stringify(answer)}`;
}
