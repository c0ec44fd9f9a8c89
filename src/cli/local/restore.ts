import type { Program } from "../part.ts";
export function addRestore({ program }: Program): void {
  void program;
}
