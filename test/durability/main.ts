/** `npm run kill -- [--rounds 300] [--seed NAME]`: the long form of the kill test; shows its progress. */
import { type KillFigures, killAgainAndAgain } from "./kill-run.ts";

const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? fallback;
};
const rounds = Number(option("rounds", "300"));
const seed = option("seed", String(Date.now()));
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error("--rounds takes a whole number from 1.");
  process.exit(2);
}

console.error(`${rounds} rounds, seed ${seed}`);
const figures = await killAgainAndAgain({ rounds, seed, onRound: show });
process.stderr.write("\n");
console.log(JSON.stringify({ name: `kill -9, ${rounds} times`, seed, ...figures }));
process.exit(0);

function show({ rounds: round, killedWhileStarting, received }: KillFigures): void {
  process.stderr.write(
    `\r${round + 1} of ${rounds}, ${killedWhileStarting} while starting; ${received} updates found again `,
  );
}
