import type { Program } from "../part.ts";
export function addDoctor({ program }: Program): void {
  void program;
}
