import { describe, expect, test } from "bun:test";
import { type Config, type ConfigError, loadConfig } from "../src/config.ts";
import { LIMITS } from "../src/limits.ts";

const key = Buffer.alloc(32, 7);

function load(
  env: Record<string, string | undefined> = {},
  argv: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
) {
  return loadConfig({
    env,
    argv,
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Error(`no such file: ${path}`);
      return text;
    },
  });
}

function good(...input: Parameters<typeof load>): Config {
  const result = load(...input);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function errors(...input: Parameters<typeof load>): ConfigError[] {
  const result = load(...input);
  if (result.ok) throw new Error("nothing was wrong");
  for (const { problem, fix } of result.error) expect([problem === "", fix === ""]).toEqual([false, false]);
  return result.error;
}

describe("values", () => {
  test("CFG-1 without any setting the daemon serves this machine alone, with the sample", () => {
    expect(good({ PATH: "/bin", SHEETWIRE_PORT: "" })).toEqual({
      host: "127.0.0.1",
      port: 8787,
      dataDir: "./data",
      adminToken: null,
      masterKey: null,
      masterKeyPrevious: null,
      demo: true,
      googleEndpoint: null,
      publicUrl: null,
      googleClientId: null,
      googleClientSecret: null,
      googleKeyDir: null,
      googleApplicationCredentials: null,
      jwtSecret: null,
      jwtJwksUrl: null,
      jwtIssuer: null,
      jwtAudience: null,
      origins: [],
      tlsCert: null,
      tlsKey: null,
      trustProxy: [],
      natsUrl: null,
      logLevel: "info",
      allowPrivate: { hosts: new Set(), networks: [] },
      limits: LIMITS,
    });
  });

  test("CFG-2 each setting is read from the environment", () => {
    const config = good({
      SHEETWIRE_HOST: "0.0.0.0",
      SHEETWIRE_PORT: "0",
      SHEETWIRE_DATA_DIR: "/data",
      SHEETWIRE_ADMIN_TOKEN: "letmein",
      SHEETWIRE_MASTER_KEY: key.toString("base64"),
      SHEETWIRE_MASTER_KEY_PREVIOUS: key.toString("base64"),
      SHEETWIRE_DEMO: "off",
      SHEETWIRE_GOOGLE_ENDPOINT: "http://127.0.0.1:9000/",
      SHEETWIRE_PUBLIC_URL: "https://sheets.example.com/live/",
      SHEETWIRE_GOOGLE_CLIENT_ID: "1-a.apps.googleusercontent.com",
      SHEETWIRE_GOOGLE_CLIENT_SECRET: "GOCSPX-secret",
      SHEETWIRE_GOOGLE_KEY_DIR: "/keys",
      GOOGLE_APPLICATION_CREDENTIALS: "/adc.json",
      SHEETWIRE_JWT_SECRET: "0123456789abcdef0123456789abcdef",
      SHEETWIRE_JWT_JWKS_URL: "https://id.example.com/keys",
      SHEETWIRE_JWT_ISSUER: "https://id.example.com/",
      SHEETWIRE_JWT_AUDIENCE: "sheets",
      SHEETWIRE_ORIGINS: "https://app.example.com, http://localhost:3000",
      SHEETWIRE_TLS_CERT: "/tls/cert.pem",
      SHEETWIRE_TLS_KEY: "/tls/key.pem",
      SHEETWIRE_TRUST_PROXY: "10.0.0.0/8,::1",
      SHEETWIRE_NATS_URL: "nats://u:p@127.0.0.1:4222",
      SHEETWIRE_LOG_LEVEL: "DEBUG",
      SHEETWIRE_ALLOW_PRIVATE: "Feeds.internal, 10.0.0.0/8",
      SHEETWIRE_LIMIT_TAB_CELLS_MAX: "5",
    });
    expect(config).toEqual({
      host: "0.0.0.0",
      port: 0,
      dataDir: "/data",
      adminToken: "letmein",
      masterKey: new Uint8Array(key),
      masterKeyPrevious: new Uint8Array(key),
      demo: false,
      googleEndpoint: "http://127.0.0.1:9000",
      publicUrl: "https://sheets.example.com/live",
      googleClientId: "1-a.apps.googleusercontent.com",
      googleClientSecret: "GOCSPX-secret",
      googleKeyDir: "/keys",
      googleApplicationCredentials: "/adc.json",
      jwtSecret: "0123456789abcdef0123456789abcdef",
      jwtJwksUrl: "https://id.example.com/keys",
      jwtIssuer: "https://id.example.com/",
      jwtAudience: "sheets",
      origins: ["https://app.example.com", "http://localhost:3000"],
      tlsCert: "/tls/cert.pem",
      tlsKey: "/tls/key.pem",
      trustProxy: [
        { bytes: Uint8Array.of(10, 0, 0, 0), bits: 8 },
        { bytes: Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? 1 : 0)), bits: 128 },
      ],
      natsUrl: "nats://u:p@127.0.0.1:4222",
      logLevel: "debug",
      allowPrivate: {
        hosts: new Set(["feeds.internal"]),
        networks: [{ bytes: Uint8Array.of(10, 0, 0, 0), bits: 8 }],
      },
      limits: { ...LIMITS, tabCellsMax: 5 },
    });
    expect(good({ SHEETWIRE_MASTER_KEY: key.toString("base64url") }).masterKey).toEqual(new Uint8Array(key));
  });

  test("GAC-22 the app's id and secret are given together, and its secret may come from a file", () => {
    const id = { SHEETWIRE_GOOGLE_CLIENT_ID: "1-a.apps.googleusercontent.com" };
    expect(errors(id).map((error) => error.key)).toEqual(["SHEETWIRE_GOOGLE_CLIENT_SECRET"]);
    const secret = errors({ SHEETWIRE_GOOGLE_CLIENT_SECRET: "GOCSPX-secret" });
    expect(secret.map((error) => error.key)).toEqual(["SHEETWIRE_GOOGLE_CLIENT_ID"]);
    expect(JSON.stringify(secret)).not.toContain("GOCSPX");
    const file = { ...id, SHEETWIRE_GOOGLE_CLIENT_SECRET_FILE: "/run/secret" };
    expect(good(file, [], { "/run/secret": "GOCSPX-filed\n" }).googleClientSecret).toBe("GOCSPX-filed");
    expect(errors({ SHEETWIRE_PUBLIC_URL: "https://sheets.example.com/?a=b" })).toHaveLength(1);
  });

  test("CFG-13 what is of no use or of harm without another setting is told, and names the other one", () => {
    const secret = "0123456789abcdef0123456789abcdef";
    const lonely: [Record<string, string>, string[]][] = [
      [{ TLS_CERT: "c.pem" }, ["TLS_KEY"]],
      [{ TLS_KEY: "k.pem" }, ["TLS_CERT"]],
      [{ JWT_SECRET: secret }, ["JWT_ISSUER", "JWT_AUDIENCE"]],
      [{ JWT_JWKS_URL: "https://id.test/keys", JWT_ISSUER: "https://id.test" }, ["JWT_AUDIENCE"]],
      [{ JWT_ISSUER: "https://id.test" }, ["JWT_JWKS_URL"]],
      [{ MASTER_KEY_PREVIOUS: key.toString("base64") }, ["MASTER_KEY"]],
    ];
    for (const [given, missing] of lonely) {
      const env = Object.fromEntries(
        Object.entries(given).map(([name, text]) => [`SHEETWIRE_${name}`, text]),
      );
      expect(keysOf(errors(env))).toEqual(missing.map((name) => `SHEETWIRE_${name}`));
    }
  });

  test("CFG-14 origins, networks and secrets of a wrong form are refused, and a short secret is not shown", () => {
    for (const wrong of ["app.example.com", "https://app.example.com/", "https://a.test,https://b.test/x"]) {
      expect(keysOf(errors({ SHEETWIRE_ORIGINS: wrong }))).toEqual(["SHEETWIRE_ORIGINS"]);
    }
    expect(good({ SHEETWIRE_ORIGINS: "*" }).origins).toEqual(["*"]);
    for (const wrong of ["proxy.internal", "10.0.0.0/33", "10.0.0"]) {
      expect(keysOf(errors({ SHEETWIRE_TRUST_PROXY: wrong }))).toEqual(["SHEETWIRE_TRUST_PROXY"]);
    }
    const [short] = errors({ SHEETWIRE_JWT_SECRET: "hush-hush" });
    expect([short?.key, JSON.stringify(short).includes("hush")]).toEqual(["SHEETWIRE_JWT_SECRET", false]);
  });

  test("CFG-3 a flag wins over the environment, which wins over the YAML file", () => {
    const yaml =
      "port: 1\nhost: yaml\ndata_dir: yaml\nlimits:\n  tabCellsMax: 1\n  request_body_bytes_max: 1\n";
    const config = good(
      { SHEETWIRE_PORT: "2", SHEETWIRE_HOST: "env", SHEETWIRE_LIMIT_TAB_CELLS_MAX: "2" },
      ["--config", "c.yaml", "--port=3"],
      { "c.yaml": yaml },
    );
    expect(config).toMatchObject({ port: 3, host: "env", dataDir: "yaml" });
    expect(config.limits).toEqual({ ...LIMITS, tabCellsMax: 2, requestBodyBytesMax: 1 });
  });

  test("CFG-4 the YAML file takes a key in any spelling, and may be named by the environment", () => {
    for (const spelled of ["SHEETWIRE_DATA_DIR", "data_dir", "dataDir", "data-dir", "DATA_DIR"]) {
      const files = { "c.yaml": `# a comment\n${spelled}: /here\ndemo: off\nlogLevel:\n` };
      expect(good({ SHEETWIRE_CONFIG: "c.yaml" }, [], files)).toMatchObject({
        dataDir: "/here",
        demo: false,
      });
    }
    expect(good({}, ["--config", "c.yaml"], { "c.yaml": "# nothing yet\n" }).port).toBe(8787);
  });

  test("CFG-5 a secret may come from a file named by its key and _FILE, and never from a flag", () => {
    const files = { "/run/token": "from-a-file\n", "/run/key": `${key.toString("base64")}\n` };
    const fromEnv = good(
      { SHEETWIRE_ADMIN_TOKEN_FILE: "/run/token" },
      ["--master-key-file", "/run/key"],
      files,
    );
    expect(fromEnv).toMatchObject({ adminToken: "from-a-file", masterKey: new Uint8Array(key) });
    expect(keysOf(errors({}, ["--admin-token", "hush"]))).toEqual(["--admin-token"]);
    expect(errors({}, ["--admin-token", "hush"])[0]!.fix).toContain("--admin-token-file");
    expect(keysOf(errors({ SHEETWIRE_ADMIN_TOKEN_FILE: "/none" }))).toEqual(["SHEETWIRE_ADMIN_TOKEN_FILE"]);
    const twice = { SHEETWIRE_ADMIN_TOKEN: "a", SHEETWIRE_ADMIN_TOKEN_FILE: "/run/token" };
    expect(errors(twice, [], files)[0]!.problem).toContain("SHEETWIRE_ADMIN_TOKEN");
  });
});

describe("errors", () => {
  test("CFG-6 all wrong values are told at once, each with its key as written, the problem and a fix", () => {
    const found = errors(
      { SHEETWIRE_PORT: "80a", SHEETWIRE_LOG_LEVEL: "loud", SHEETWIRE_GOOGLE_ENDPOINT: "ftp://x" },
      ["--demo", "maybe", "--config=c.yaml"],
      { "c.yaml": "natsUrl: there\nlimits:\n  tabCellsMax: -1\nhost: [a]\n" },
    );
    expect(keysOf(found).sort()).toEqual([
      "--demo",
      "SHEETWIRE_GOOGLE_ENDPOINT",
      "SHEETWIRE_LOG_LEVEL",
      "SHEETWIRE_PORT",
      "host in c.yaml",
      "limits.tabCellsMax in c.yaml",
      "natsUrl in c.yaml",
    ]);
    for (const port of ["65536", "-1", "8.5", " "])
      expect(keysOf(errors({ SHEETWIRE_PORT: port }))).toHaveLength(1);
    expect(found.find((error) => error.key === "SHEETWIRE_LOG_LEVEL")!.fix).toContain("debug, info");
  });

  test("CFG-7 an unknown key is an error that names the nearest one; other programs' variables are not ours", () => {
    expect(errors({ SHEETWIRE_PROT: "1" })[0]).toMatchObject({
      key: "SHEETWIRE_PROT",
      fix: expect.stringContaining("SHEETWIRE_PORT"),
    });
    expect(errors({}, ["--datadir-x", "a"])[0]!.fix).toContain("--data-dir");
    expect(errors({}, ["--config", "c.yaml"], { "c.yaml": "prt: 1" })[0]!.fix).toContain("port");
    expect(errors({ SHEETWIRE_SOMETHING_ELSE_ENTIRELY: "1" })[0]!.fix).not.toContain("did you mean");
    expect(errors({ SHEETWIRE_PORT_FILE: "x" })[0]!.key).toBe("SHEETWIRE_PORT_FILE");
    expect(good({ PORT: "1", sheetwire_port: "2", SHEETWIREPORT: "3" }).port).toBe(8787);
    const links = {
      SHEETWIRE_PORT: "tcp://10.0.0.1:8787",
      SHEETWIRE_SERVICE_HOST: "10.0.0.1",
      SHEETWIRE_SERVICE_PORT_HTTP: "8787",
      SHEETWIRE_PORT_8787_TCP_ADDR: "10.0.0.1",
    };
    expect(good(links).port).toBe(8787);
  });

  test("CFG-8 a file that cannot be read or is no map, a flag without value, a stray word and a double key are told", () => {
    expect(errors({}, ["--config", "none.yaml"])[0]!.key).toContain("none.yaml");
    expect(errors({}, ["--config", "c.yaml"], { "c.yaml": "a: [1\nb: 2" })[0]!.problem).toContain("YAML");
    expect(errors({}, ["--config", "c.yaml"], { "c.yaml": "- a\n- b" })).toHaveLength(1);
    expect(keysOf(errors({}, ["--port"]))).toEqual(["--port"]);
    expect(keysOf(errors({}, ["start", "--port", "1"]))).toEqual(["start"]);
    expect(keysOf(errors({}, ["--port", "1", "--PORT=2"]))).toEqual(["--PORT"]);
    expect(errors({}, ["--config", "c.yaml"], { "c.yaml": "port: 1\nSHEETWIRE_PORT: 2" })).toHaveLength(1);
  });

  test("CFG-9 no error shows a secret", () => {
    const found = errors({
      SHEETWIRE_ADMIN_TOKEN: "hush hush",
      SHEETWIRE_MASTER_KEY: "hush",
      SHEETWIRE_NATS_URL: "http://user:hush@x",
      SHEETWIRE_GOOGLE_ENDPOINT: "user:hush@x",
    });
    expect(found).toHaveLength(4);
    expect(JSON.stringify(found)).not.toContain("hush");
    expect(JSON.stringify(errors({}, ["--admin-token=hush", "--nats-url", "hush"]))).not.toContain("hush");
    expect(found.find((error) => error.key === "SHEETWIRE_MASTER_KEY")!.problem).toContain("3 bytes, not 32");
  });
});

function keysOf(found: readonly ConfigError[]): string[] {
  return found.map((error) => error.key);
}
