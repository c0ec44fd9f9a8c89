/** A table read and written inside a worker, which has no window and no document. */
import { connect } from "../../src/index.ts";

const client = connect({ url: location.origin, token: "t" });
const table = client.table("demo/Prices");
void table.ready.then(() => {
  table.set(1, "Price", 3.5);
  postMessage({
    hasWindow: "window" in globalThis,
    rows: table.rows,
    state: table.cell(1, "Price")?.edit?.state,
  });
});
