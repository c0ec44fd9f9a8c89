// node examples/node-script/restock.mjs 10: sells out no more. Every product without stock gets so many.
import { connect } from "@sheetwire/client";
import ws from "ws";

const { SHEETWIRE_URL: url = "http://127.0.0.1:8787", SHEETWIRE_TOKEN: token = "" } = process.env;
const count = Number(process.argv[2] ?? 10);

// Node before 22 has no WebSocket of its own.
const client = connect({ url, token, WebSocket: globalThis.WebSocket ?? ws });
const prices = client.table("demo/Price list");
await prices.ready;

const empty = prices.rows.filter((row) => row["In stock"] === 0);
const receipts = prices.batch(() => empty.map((row) => prices.set(row.$row, "In stock", count)));
for (const [index, receipt] of receipts.entries()) {
  const { state, why = "" } = await receipt.settled;
  console.log(`${empty[index].SKU} ${state} ${why}`.trim());
}
client.close();
