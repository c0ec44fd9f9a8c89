import { SOURCE_ID_PATTERN } from "#contract/document-name.ts";
import type { CreatedTokenAnswer, CreateTokenBody, TokenAnswer, TokenScope } from "#contract/tokens.ts";
import { path } from "../api.ts";
import { Failure } from "../failure.ts";
import { collect, duration, pair } from "../options.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { plain, table } from "../text.ts";

interface MakeOptions {
  readonly scope: readonly string[];
  readonly ttl?: number | undefined;
  readonly user?: string | undefined;
  readonly claim: readonly string[];
}

export function addTokens({ program, run }: Program): void {
  const tokens = program.command("tokens").description("Tokens: make, list, revoke.");
  tokens
    .command("make")
    .summary("make a token")
    .description("Makes a token and prints it, this once: it is kept nowhere.")
    .argument("<name>", "for people, to know it by")
    .option(
      "--scope <scope>",
      'ACTION, ACTION:SOURCE, ACTION:SOURCE/TAB or ACTION:SOURCE/TAB@VIEW, ACTION being read, write or admin (repeat it); "read" when absent',
      collect,
      [],
    )
    .option(
      "--ttl <time>",
      "how long it lasts, such as 15m, 12h or 30d; until it is revoked when absent",
      duration,
    )
    .option("--user <name>", "who it stands for")
    .option("--claim <name=value>", "what views may ask of its bearer (repeat it)", collect, [])
    .action((name, options, command) => run(command, (session) => make(session, name, options)));
  tokens
    .command("list")
    .description("All tokens, without the tokens themselves.")
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.api.get<TokenAnswer[]>("/api/v1/tokens");
        await session.print(all, () => listText(all, session));
      }),
    );
  tokens
    .command("revoke")
    .description("Ends a token at once, with all that were made by it.")
    .argument("<id>", "its id, as list shows it")
    .option("--yes", "do it without a question")
    .action((id, { yes }, command) =>
      run(command, async (session) => {
        await session.agree(`Revoke the token "${id}", and all that were made by it?`, yes);
        await session.api.send("DELETE", path("api", "v1", "tokens", id));
        await session.print({ id, revoked: true }, () => "");
        await session.note(`Revoked ${id}.`);
      }),
    );
}

async function make(session: Session, name: string, { scope, ttl, user, claim }: MakeOptions): Promise<void> {
  const claims = claim.map((text) => pair(text));
  const body: CreateTokenBody = {
    name,
    scopes: (scope.length > 0 ? scope : ["read"]).map(parseScope),
    ...(ttl !== undefined && { ttl }),
    ...(user !== undefined && { user }),
    ...(claims.length > 0 && { claims: Object.fromEntries(claims) }),
  };
  const made = await session.api.send<CreatedTokenAnswer>("POST", "/api/v1/tokens", body);
  await session.print(made, () => `${made.token}\n`);
  await session.note(`Made ${made.id}; it is told this once.`);
}

/** An "@" of a name itself is written "%40". */
const nameOf = (text: string): string => text.replaceAll("%40", "@");

function parseScope(text: string): TokenScope {
  const [, action, source, place] = /^(read|write|admin)(?::([^/]+)(?:\/(.+))?)?$/s.exec(text) ?? [];
  const [tab, view, ...more] = place?.split("@") ?? [];
  if (
    action === undefined ||
    more.length > 0 ||
    tab === "" ||
    view === "" ||
    (source !== undefined && !SOURCE_ID_PATTERN.test(source))
  ) {
    throw new Failure("usage", {
      title: "The scope is none",
      detail: `--scope "${text}": write read, write or admin, then :SOURCE, :SOURCE/TAB or :SOURCE/TAB@VIEW where it is for these alone.`,
    });
  }
  return {
    action: action as TokenScope["action"],
    ...(source !== undefined && { source }),
    ...(tab !== undefined && { tab: nameOf(tab) }),
    ...(view !== undefined && { view: nameOf(view) }),
  };
}

function scopeText({ action, source, tab, view }: TokenScope): string {
  const place = [source, tab].filter((part) => part !== undefined).join("/");
  return `${action}${place === "" ? "" : `:${place}`}${view === undefined ? "" : `@${view}`}`;
}

function listText(all: readonly TokenAnswer[], { paint, width }: Session): string {
  const lines = all.map(({ id, name, state, hint, scopes, expiresAt, lastUsedAt }) => [
    id,
    plain(name),
    state,
    `...${hint}`,
    scopes.map(scopeText).map(plain).join(" "),
    expiresAt ?? "never",
    lastUsedAt ?? "never",
  ]);
  return table(["id", "name", "state", "ends with", "scopes", "expires", "last used"], lines, paint, width);
}
