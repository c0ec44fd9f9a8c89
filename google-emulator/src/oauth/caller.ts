/** Who makes a call. */
export type Caller =
  | {
      readonly kind: "account";
      readonly email: string;
      readonly project: string;
      readonly scopes: readonly string[];
    }
  /** An API key stands for a project, not for a person: it sees what everybody may see. */
  | { readonly kind: "apiKey"; readonly key: string; readonly project: string }
  /** An open emulator asks nobody. */
  | { readonly kind: "open" };

/** The address that owns what this caller creates. */
export function addressOf(caller: Caller): string {
  return caller.kind === "account" ? caller.email : "someone@example.com";
}
