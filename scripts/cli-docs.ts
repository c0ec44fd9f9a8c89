/** `npm run cli-docs`: writes docs/cli.md anew from the commands. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createProgram } from "../src/cli/program.ts";
import { createReference } from "../src/cli/reference.ts";
import type { World } from "../src/cli/world.ts";

writeFileSync(
  resolve(import.meta.dir, "../docs/cli.md"),
  createReference(createProgram({ env: {} } as unknown as World, "0")),
);
