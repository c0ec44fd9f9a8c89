/** `npm run kill -- [--edits] [--rounds 300] [--seed NAME]`: the long forms of the kill tests; they show their progress. */
import { parseArgs } from "node:util";
import { type EditsKillFigures, killAmidEdits } from "./edits-kill-run.ts";
import { type KillFigures, killAgainAndAgain } from "./kill-run.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    edits: { type: "boolean", default: false },
    rounds: { type: "string", default: "300" },
    seed: { type: "string", default: String(Date.now()) },
  },
});
const { edits, seed } = values;
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error("--rounds takes a whole number from 1.");
  process.exit(2);
}

console.error(`${rounds} rounds, seed ${seed}`);
const figures = edits
  ? await killAmidEdits({ rounds, seed, onRound: showEdits })
  : await killAgainAndAgain({ rounds, seed, onRound: show });
process.stderr.write("\n");
const name = `kill -9${edits ? " amid edits" : ""}, ${rounds} times`;
console.log(JSON.stringify({ name, seed, ...figures }));
process.exit(0);

function show({ rounds: round, killedWhileStarting, received }: KillFigures): void {
  process.stderr.write(
    `\r${round + 1} of ${rounds}, ${killedWhileStarting} while starting; ${received} updates found again `,
  );
}

function showEdits({ rounds: round, killedWhileStarting, wishes }: EditsKillFigures): void {
  process.stderr.write(
    `\r${round + 1} of ${rounds}, ${killedWhileStarting} while starting; ${wishes} edits made `,
  );
}
