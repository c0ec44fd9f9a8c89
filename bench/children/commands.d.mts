// Commands are checked on the asking side, by the types that child.ts is called with.
export type Handlers = Readonly<Record<string, (options: never) => unknown>>;
export function serveCommands(handlers: Handlers): void;
export function paced(count: number, everyMs: number, run: (i: number) => void): Promise<void>;
export function stamp(): string;

/** Updates of one cell each to the rooms in turn. */
export interface Updates {
  /** The first of the rooms; 0 when absent. */
  readonly first?: number;
  readonly rooms: number;
  readonly count: number;
  readonly everyMs: number;
}
