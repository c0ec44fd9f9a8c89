import type { SimClient } from "../sim-client.ts";
import type { World } from "../world.ts";

/** Says what is wrong with a world; nothing when all is well. */
export type Checker = (scene: Scene) => readonly string[];

/** A world at rest, as its daemon and its readers see it. */
export interface Scene {
  readonly world: World;
  readonly tabs: readonly SeenTab[];
}

/** A tab that the daemon says a source has. */
export interface SeenTab {
  readonly source: string;
  readonly name: string;
  readonly title: string;
  readonly room: string;
  /** A reader who came after the storm. */
  readonly late: SimClient;
}
