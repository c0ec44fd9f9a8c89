/** Which products can be bought, as flags: those that are in stock in the sample workbook. */
import { connect } from "@sheetwire/client";
import { createFlags } from "./flags.ts";

const { SHEETWIRE_URL: url = "http://127.0.0.1:8787", SHEETWIRE_TOKEN: token = "" } = process.env;
const table = connect({ url, token }).table("demo/Price list");
await table.ready;

const flags = createFlags(table, { name: "SKU", on: "In stock" });
const [first] = table.rows;
const name = String(first?.SKU);
console.log(
  `${name} is ${flags.isOn(name) ? "on" : "off"}; change "In stock" in the sheet, or end this with Ctrl+C.`,
);
flags.watch(name, (on) => console.log(`${name} is ${on ? "on" : "off"}`));
