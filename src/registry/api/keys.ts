import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { KeyRotation } from "../key-rotation.ts";
import { answers } from "./answer-schemas.ts";
import type { Permits } from "./permits.ts";
import { problem, storageProblem } from "./problems.ts";

const rotatedSchema = Type.Object({
  resealed: Type.Integer({ description: "Records whose secrets were sealed with the new key." }),
  unreadable: Type.Integer({ description: "Records that no key opens; their sources and accounts say so." }),
});

/** The master key: replaced while everything runs. */
export function keyRoutes({ keys, permits }: { keys: KeyRotation; permits: Permits }) {
  return new Elysia({ name: "keys" }).use(permits).post(
    "/api/v1/admin/rotate-master-key",
    async () => {
      const rotated = await keys.rotate();
      if (rotated.ok) return Response.json(rotated.value);
      if (rotated.error.tag === "StorageError") return storageProblem(rotated.error);
      return problem("key-elsewhere", {
        detail:
          "A setting gives the master key: start the daemon with the new one as SHEETWIRE_MASTER_KEY and the old one as SHEETWIRE_MASTER_KEY_PREVIOUS, until the log says that the key was rotated.",
      });
    },
    {
      permit: "admin",
      detail: {
        tags: ["Operation"],
        summary: "Replace the master key",
        description:
          "Makes a new key in the data directory, seals every secret and the key of the database with it, and forgets the old one. Nothing stops meanwhile; cut short, it goes on at the next start.",
        responses: answers(200, "The new key is in force.", rotatedSchema),
      },
    },
  );
}
