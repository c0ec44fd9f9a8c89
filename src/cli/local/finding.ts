/** What one look of the doctor showed. */
export interface Finding {
  /** Its name, for programs. */
  readonly check: string;
  readonly state: "passed" | "warning" | "failed";
  readonly message: string;
  /** How to mend it. */
  readonly fix?: string;
}
