import type { Rule } from "./rule.ts";
import { binsRules } from "./rules-bins.ts";
import { dockRules } from "./rules-dock.ts";
import { garmentsRules } from "./rules-garments.ts";
import { lessRules } from "./rules-less.ts";
import { ordersRules } from "./rules-orders.ts";
import { shipmentsRules } from "./rules-shipments.ts";
import { wavesRules } from "./rules-waves.ts";
import { wishesIn } from "./wishes-in.ts";
import { wishesOut } from "./wishes-out.ts";
import type { Wish } from "./wishing.ts";

/** What the model knows of each command, by its path. */
export const rules: Readonly<Record<string, Rule>> = {
  ...{ ...binsRules, ...dockRules, ...garmentsRules },
  ...{ ...ordersRules, ...lessRules, ...shipmentsRules, ...wavesRules },
};

/** What may be asked of each. */
export const wishes: Readonly<Record<string, Wish>> = { ...wishesIn, ...wishesOut };

/** What is asked for more often, so that many a piece comes in at the dock and goes out again. */
const often: Readonly<Record<string, number>> = {
  ...{ "inbound.announceInbound": 3, "inbound.receivePiece": 5, "garments.gradeGarment": 4 },
  ...{ "garments.decideDisposition": 2, "garments.putAway": 6, "stock.addBatch": 3 },
  ...{ "orders.placeOrder": 5, "waves.planWave": 5, "waves.releaseWave": 4 },
  ...{ "waves.confirmPick": 8, "shipments.packParcel": 5, "shipments.labelParcel": 4 },
  ...{ "shipments.handOver": 4, "bins.startCount": 2, "bins.submitCount": 5 },
  ...{ "garments.reservePiece": 3, "stock.putAwayLot": 2, "stock.allocateLine": 2 },
  ...{ "orders.reduceLine": 3 },
};

/** Every command, as often as it is to be asked for. */
export const asked: readonly string[] = Object.keys(wishes).flatMap((path) =>
  Array<string>(often[path] ?? 1).fill(path),
);
