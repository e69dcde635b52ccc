import { expect, test } from "vitest";
import { behindWords } from "./behind-words.ts";

const at = new Date();
at.setHours(17, 0, 0, 0);
const cutOff = (count: number) => [{ kind: "Order", at: at.toISOString(), count }];
const told = (
  things: Record<string, number>,
  { cutOffs = cutOff(0).slice(1), isAtLeast = false } = {},
) =>
  behindWords({
    readModel: "orderBoard",
    things: Object.entries(things).map(([kind, count]) => ({ kind, count })),
    ...{ cutOffs, isAtLeast },
  });

test.each([
  ["nothing", told({}), ""],
  ["things of each kind", told({ Garment: 37, Order: 1 }), "37 garments; 1 order"],
  ["plurals", told({ SkuStock: 2, Batch: 2, Settings: 2 }), "2 sku stocks; 2 batches; 2 settings"],
  [
    "one cut-off for all",
    told({ Garment: 37, Order: 4 }, { cutOffs: cutOff(4) }),
    "37 garments; 4 orders with a 17:00 cut-off",
  ],
  [
    "a cut-off for some",
    told({ Order: 5 }, { cutOffs: cutOff(3) }),
    "5 orders, 3 of them with a 17:00 cut-off",
  ],
  ["a part of it all", told({ Order: 1_200 }, { isAtLeast: true }), "at least 1,200 orders"],
])("%s", (_what, words, expected) => {
  expect(words).toBe(expected);
});
