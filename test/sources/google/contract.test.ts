import { createGoogleDriver } from "../../../src/sources/google/google-driver.ts";
import { sourceContract } from "../../contract/source.ts";
import { hang } from "../../support/fake-net.ts";
import { createTestRuntime } from "../../support/test-runtime.ts";
import { createFakeGoogle } from "./fake-google.ts";
import { ENDPOINT, settings } from "./test-source.ts";

sourceContract("a canned workbook", () => {
  const google = createFakeGoogle(
    {
      sheetId: 0,
      title: "Prices",
      values: [["sku", "price", "", "price"], ["a", 1, true], [], ["b", "#REF! (x)"]],
    },
    { sheetId: 4, title: "Blank", values: [] },
  );
  const { runtime, clock } = createTestRuntime({ net: google.net });
  const driver = createGoogleDriver({ endpoint: ENDPOINT });
  return {
    open: () => driver.open(settings(), runtime),
    change() {
      google.tabs[0]!.values[1]![1] = 2;
    },
    hang() {
      google.faults.push(() => hang());
    },
    answer(response) {
      const again = (): Response => {
        google.faults.push(again);
        return response.clone();
      };
      google.faults.push(again);
    },
    async rest() {
      google.faults.length = 0;
      await clock.advance(62_000);
    },
  };
});
