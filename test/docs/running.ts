/** A command that goes on until it is stopped, with what it printed so far. */
export interface Running {
  output(): string;
  /** Ends it and all that it started. */
  stop(): Promise<void>;
}

export function startRunning(command: readonly string[], cwd: string): Running {
  const child = Bun.spawn([...command], {
    cwd,
    // A group of its own, so that what a shell starts ends with it.
    detached: true,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  const ended = Promise.all([child.exited, collect(child.stdout), collect(child.stderr)]);
  return {
    output: () => text,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
}
