/**
 * From a command line to a running daemon, and to its orderly end.
 *
 * Exit codes: 0 ended by a signal; 1 a bug; 2 wrong settings; 3 the data directory cannot be used; 4 the port cannot.
 */
import { join } from "node:path";
import type { Result } from "#contract/result.ts";
import { version } from "../package.json";
import { createOrigins } from "./access/origins.ts";
import { jwtSettings, readTlsFiles, type TlsFiles } from "./access-settings.ts";
import { announcement } from "./announcement.ts";
import type { Backend } from "./backend/backend.ts";
import { openLmdbBackend } from "./backend/lmdb.ts";
import { type Config, loadConfig, systemInput } from "./config.ts";
import { createDaemon, type Daemon, type DaemonDeps } from "./daemon.ts";
import type { Demo } from "./demo.ts";
import { loadOrMakeSecret } from "./first-start.ts";
import { createKeyFiles } from "./google-key-files.ts";
import { loadMasterKeys, type MasterKeys } from "./master-key-files.ts";
import { buildUi, serveUi } from "./registry/ui-assets.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { createSystemRuntime } from "./runtime/system.ts";
import { type RunningServer, startServer } from "./server.ts";
import { createDrivers } from "./sources/drivers.ts";

const EXIT = { settings: 2, data: 3, port: 4 } as const;
/** Fine-grained enough to see what clients see; costs nothing. */
const LAG_LOOK_MS = 500;

if (import.meta.main) await runDaemon(process.argv.slice(2));

/** Resolves once the daemon runs; its end is the process's. */
export async function runDaemon(argv: readonly string[]): Promise<void> {
  const config = settingsOrExit(argv);
  const runtime = createSystemRuntime({ logLevel: config.logLevel });
  const tls = orExit(readTlsFiles(config), EXIT.settings);
  const jwt = jwtSettings(config);
  const { adminToken, tokenPath, tokenMade, keys } = secretsOrExit(config, runtime);
  const encryption = { masterKey: keys.current, previous: keys.previous, random: runtime.random };
  const backend = orExit(await openLmdbBackend({ dir: config.dataDir, encryption }), EXIT.data);
  await writeOrExit(config, backend, runtime);
  const demo = await startDemo(config, backend);
  const assets = await buildUi();
  const server = listenOrExit(config, tls, (request) => serveUi(request, assets));
  const reading = {
    bytesMax: config.limits.sourceBodyBytesMax,
    limits: config.limits,
    keyFiles: createKeyFiles({ dir: config.googleKeyDir, ambient: config.googleApplicationCredentials }),
  };
  const daemon = await createDaemon({
    runtime,
    backend,
    drivers: createDrivers({
      google: {
        ...(config.googleEndpoint ? { endpoint: config.googleEndpoint } : {}),
        ...reading,
      },
      ...(demo && {
        sample: {
          ...reading,
          ...demo.google,
          endpoint: demo.endpoint,
          connects: googleApp(config, null).googleApp === undefined,
        },
      }),
      external: { allowed: config.allowPrivate, limits: config.limits },
    }),
    secrets: {
      adminToken,
      masterKey: keys.current,
      ...(keys.changing && { previous: keys.previous }),
      keeper: keys.keeper,
      useMasterKey: backend.useMasterKey,
    },
    ...googleApp(config, demo),
    publicUrl: config.publicUrl ?? urlOf(server),
    pushUrl: config.publicUrl ?? undefined,
    ...(jwt && { jwt }),
    origins: config.origins,
    publish: server.publish,
    limits: config.limits,
    version,
  });
  server.attach(daemon);
  await demo?.register(daemon);
  const stopLagLook = watchLag(runtime, daemon);
  const started = {
    version,
    url: urlOf(server),
    token: adminToken,
    tokenPath,
    tokenMade,
    onTerminal: process.stdout.isTTY === true,
    dataDir: config.dataDir,
    sampleUrl: demo?.gridUrl ?? null,
  };
  console.log(announcement(started));
  endOnSignal(runtime, async () => {
    stopLagLook();
    await daemon.close();
    await server.stop();
    await demo?.stop();
    await backend.close();
  });
}

function settingsOrExit(argv: readonly string[]): Config {
  const config = loadConfig(systemInput(argv));
  if (config.ok && config.value.natsUrl === null) return config.value;
  if (config.ok) {
    console.error("SHEETWIRE_NATS_URL is set, but this version runs on one machine only: leave it out.");
    process.exit(EXIT.settings);
  }
  for (const { key, problem, fix } of config.error) console.error(`${key} ${problem}: ${fix}.`);
  process.exit(EXIT.settings);
}

interface Secrets {
  readonly adminToken: string;
  /** Where the admin token is kept; null when the settings gave it. */
  readonly tokenPath: string | null;
  /** This start made the admin token. */
  readonly tokenMade: boolean;
  readonly keys: MasterKeys;
}

function secretsOrExit(config: Config, { random }: Runtime): Secrets {
  const { dataDir } = config;
  const token =
    config.adminToken === null ? orExit(loadOrMakeSecret(dataDir, "admin-token", random), EXIT.data) : null;
  return {
    adminToken: config.adminToken ?? token!.value,
    tokenPath: token?.path ?? null,
    tokenMade: token?.made ?? false,
    keys: givenKeys(config) ?? orExit(loadMasterKeys(dataDir, random), EXIT.data),
  };
}

/** Null: the data directory keeps the key. */
function givenKeys({ masterKey, masterKeyPrevious }: Config): MasterKeys | null {
  if (masterKey === null) return null;
  const previous = masterKeyPrevious === null ? [] : [masterKeyPrevious];
  return { current: masterKey, previous, keeper: null, changing: previous.length > 0 };
}

/** A daemon that cannot write from the start could not even take its turn as writer of its documents. */
async function writeOrExit({ dataDir }: Config, { kv }: Backend, { clock }: Runtime): Promise<void> {
  const written = await kv.put("last-start", { version, atMs: clock.nowMs() });
  if (written.ok || written.error.tag !== "StorageError") return;
  console.error(`The data directory ${dataDir} cannot be written: ${written.error.detail}.`);
  console.error("Make free space on its disk and see that this user may write there, then start again.");
  process.exit(EXIT.data);
}

/** The sample is for who has nothing yet, and stays until it is deleted. */
async function startDemo(config: Config, backend: Backend): Promise<Demo | null> {
  if (!config.demo || config.googleEndpoint) return null;
  const sources = await backend.kv.list("source/");
  if (sources.length > 0 && !sources.some(({ key }) => key === "source/demo")) return null;
  // Loaded only here: a daemon in production never reads the emulator's code.
  const { startDemoWorkbook } = await import("../demo/demo.ts");
  return startDemoWorkbook({
    // Anybody who reaches the sample's grid may edit it: it stays on this machine, whatever the daemon listens on.
    host: "127.0.0.1",
    port: config.port === 0 ? 0 : config.port + 1,
    stateFile: join(config.dataDir, "demo-workbook.json"),
  });
}

function listenOrExit(
  config: Config,
  tls: TlsFiles | null,
  ui: (request: Request) => Response | null,
): RunningServer {
  const { host, port, limits, trustProxy: trustedProxies } = config;
  const origins = createOrigins({ listed: config.origins, publicUrl: config.publicUrl ?? undefined });
  try {
    return startServer({ host, port, serveUi: ui, limits, origins, trustedProxies, tls: tls ?? undefined });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    console.error(`Cannot listen on ${config.host}:${config.port}. ${why}`);
    console.error("Stop what uses that port, or choose another with SHEETWIRE_PORT.");
    process.exit(EXIT.port);
  }
}

function urlOf({ scheme, host, port }: RunningServer): string {
  // 0.0.0.0 is an address to listen on, not one to open.
  if (["0.0.0.0", "::"].includes(host)) return `${scheme}://localhost:${port}`;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The app that people connect their Google accounts to; the sample's Google has one of its own. */
function googleApp(config: Config, demo: Demo | null): Pick<DaemonDeps, "googleApp"> {
  const { googleClientId: clientId, googleClientSecret: clientSecret, googleEndpoint: endpoint } = config;
  if (clientId === null || clientSecret === null) return demo ? { googleApp: demo.googleApp } : {};
  return { googleApp: { clientId, clientSecret, ...(endpoint ? { endpoint } : {}) } };
}

/** Measures how late timers run: what a busy loop costs every client. */
function watchLag({ clock }: Runtime, daemon: Daemon): () => void {
  let dueMs = clock.monotonicMs() + LAG_LOOK_MS;
  let cancel = clock.wakeAt(dueMs, look);
  function look(): void {
    daemon.metrics.loopLag(Math.max(0, clock.monotonicMs() - dueMs) / 1000);
    dueMs = clock.monotonicMs() + LAG_LOOK_MS;
    cancel = clock.wakeAt(dueMs, look);
  }
  return () => cancel();
}

/** The first signal ends in order, the second at once. */
function endOnSignal(runtime: Runtime, end: () => Promise<void>): void {
  let ending = false;
  const onSignal = (signal: string): void => {
    if (ending) process.exit(1);
    ending = true;
    runtime.logger.info("daemon ending", { signal });
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        runtime.logger.error("daemon ended badly", { error });
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

function orExit<T>(result: Result<T, { readonly words: string; readonly cure: string }>, code: number): T {
  if (result.ok) return result.value;
  console.error(result.error.words);
  console.error(result.error.cure);
  process.exit(code);
}
