import type { Program } from "../part.ts";
export function addBackup({ program }: Program): void {
  void program;
}
