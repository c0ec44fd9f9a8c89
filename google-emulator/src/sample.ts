/** The workbook a newcomer meets first: a shop's price list and a season's matches. All names are invented. */
import type { WorkbookSeed } from "./interface.ts";

/** The same on every call. */
export function sampleWorkbook(): WorkbookSeed {
  return {
    title: "Fenwick Outdoor - price list and league",
    locale: "en_US",
    timeZone: "Europe/London",
    tabs: [
      { title: "Price list", rows: priceRows(), size: { rowCount: 200, columnCount: 12 } },
      { title: "Matches", sheetId: 1_001, rows: matchRows(), size: { rowCount: 200, columnCount: 12 } },
    ],
  };
}

const PRODUCTS: readonly (readonly [category: string, names: readonly string[], from: number])[] = [
  ["Tents", ["Larkspur 2", "Larkspur 3", "Ridgeline 4", "Basecamp 6", "Swift Tarp"], 89],
  ["Sleeping bags", ["Down 300", "Down 600", "Summer Light", "Trail Synthetic", "Kids Cosy"], 49],
  ["Backpacks", ["Daypack 18", "Weekender 35", "Trekker 55", "Expedition 75", "Hip Pouch"], 35],
  ["Footwear", ["Fell Runner", "Moor Boot Mid", "Moor Boot High", "Camp Sandal", "Wool Socks"], 14],
  ["Cooking", ["Pocket Stove", "Pan Set 1.5 l", "Titanium Mug", "Gas 230 g", "Fire Steel"], 9],
  ["Lighting", ["Headlamp 250", "Headlamp 450", "Lantern Mini", "Lantern XL", "Spare Battery"], 8],
  ["Navigation", ["Compass Classic", "Map Case", "Altimeter Watch", "Whistle", "Trail Map North"], 6],
  ["Clothing", ["Rain Shell", "Fleece Half-Zip", "Merino Tee", "Trail Cap", "Winter Gloves"], 18],
  ["Climbing", ["Chalk Bag", "Locking Carabiner", "Rope 60 m", "Harness Allround", "Helmet Vent"], 12],
];

function priceRows(): (string | number | boolean)[][] {
  const header = ["SKU", "Product", "Category", "Price", "In stock", "Discount", "Sale price", "Updated"];
  const rows: (string | number | boolean)[][] = [header];
  let n = 0;
  for (const [category, names, from] of PRODUCTS) {
    for (const name of names) {
      const row = rows.length + 1;
      const price = from + ((n * 37) % 113) + (n % 2 === 0 ? 0.95 : 0.5);
      const day = 1 + ((n * 11) % 28);
      rows.push([
        `${category.slice(0, 2).toUpperCase()}-${String(100 + n * 7)}`,
        name,
        category,
        `$${price.toFixed(2)}`,
        (n * 13) % 60,
        n % 4 === 0 ? "15%" : n % 7 === 0 ? "25%" : "0%",
        `=ROUND(D${row}*(1-F${row}),2)`,
        `2026-05-${String(day).padStart(2, "0")}`,
      ]);
      n += 1;
    }
  }
  return rows;
}

const CLUBS: readonly (readonly [club: string, venue: string])[] = [
  ["Harrow Vale", "Mill Lane"],
  ["Port Ellery", "The Breakwater"],
  ["Kestrel Town", "Kestrel Park"],
  ["Ashby Rovers", "Station Ground"],
  ["St Bride's", "Abbey Field"],
  ["Lower Thorne", "Quarry Road"],
  ["Winmarsh", "The Reeds"],
  ["Oakhanger", "Foresters Arena"],
];

/** A round robin: each club meets each other twice, four matches a round. */
function matchRows(): (string | number)[][] {
  const header = ["Date", "Time", "Home", "Away", "Venue", "Home score", "Away score", "Status"];
  const rows: (string | number)[][] = [header];
  const count = CLUBS.length;
  for (let round = 0; round < 2 * (count - 1); round += 1) {
    const date = new Date(Date.UTC(2026, 2, 7) + round * 7 * 86_400_000).toISOString().slice(0, 10);
    for (let i = 0; i < count / 2; i += 1) {
      const circle = (k: number): number => (k === 0 ? 0 : 1 + ((k - 1 + round) % (count - 1)));
      const pair = [circle(i), circle(count - 1 - i)];
      const [home, away] = round < count - 1 === ((i === 0 ? round : i) % 2 === 0) ? pair : pair.toReversed();
      const [club, venue] = CLUBS[home!]!;
      const played = round < 9;
      const live = round === 9 && i < 2;
      const score = (seed: number): number | string => (played || live ? (seed * 7 + round * 3 + i) % 5 : "");
      rows.push([
        date,
        i < 2 ? "15:00" : "17:30",
        club,
        CLUBS[away!]![0],
        venue,
        score(home!),
        score(away! + 1),
        played ? "Full time" : live ? "Live" : "Scheduled",
      ]);
    }
  }
  return rows;
}
