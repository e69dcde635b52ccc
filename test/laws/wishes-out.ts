import type { SeededRandom } from "../../server/src/sample-day/seeded-random.ts";
import type { HouseState, TaskState } from "./house-state.ts";
import { binOf } from "./rules-waves.ts";
import {
  binCode,
  future,
  grades,
  idOf,
  mayBe,
  nowhere,
  orderLine,
  orderOf,
  reasons,
  refs,
  skuOf,
  type Wish,
} from "./wishing.ts";

const orders: Readonly<Record<string, Wish>> = {
  "orders.placeOrder": (_, random) => {
    const line = () => ({
      ...{ sku: skuOf(random), qty: random.int(1, 3) },
      ...mayBe(random, "grade", random.pick(grades)),
    });
    return {
      ...{ channel: "shop", externalRef: `A-${random.pick(refs)}${random.pick(refs)}` },
      ...mayBe(random, "priority", random.int(-1, 1)),
      ...mayBe(random, "promise", { shipBy: random.pick([future, "2098-01-01T00:00:00Z"]) }),
      lines: random.chance(0.6) ? [line()] : [line(), line()],
    };
  },
  "orders.holdOrder": (state, random) => ({
    ...{ orderId: orderOf(state, random), reason: random.pick(reasons) },
  }),
  "orders.releaseOrder": (state, random) => ({
    orderId: idOf(state.orders, random, nowhere, ({ held }) => held),
    reason: random.pick(reasons),
  }),
  "orders.cancelOrder": (state, random) => ({
    ...{ orderId: orderOf(state, random), reason: random.pick(reasons) },
  }),
  "orders.reduceLine": (state, random) => ({
    ...{ ...orderLine(state, random), by: random.int(1, 2), reason: random.pick(reasons) },
  }),
};

const batchOf = (state: HouseState, random: SeededRandom) => idOf(state.batches, random, "NONE");

const stock: Readonly<Record<string, Wish>> = {
  "stock.addBatch": (state, random) => ({
    ...{ ref: `b-${random.pick(refs)}`, sku: skuOf(random), qty: random.int(1, 6) },
    ...mayBe(random, "grade", random.pick(grades)),
    ...mayBe(random, "eta", random.pick([future, "2098-01-01T00:00:00Z"]), 0.2),
    ...mayBe(random, "bin", binCode(state, random)),
  }),
  "stock.receiveBatch": (state, random) => ({
    ref: idOf(state.batches, random, "NONE", ({ here }) => !here),
  }),
  "stock.putAwayLot": (state, random) => ({
    ...{ ref: batchOf(state, random), bin: binCode(state, random) },
  }),
  "stock.changeBatchQuantity": (state, random) => {
    const ref = batchOf(state, random);
    const qty = (state.batches.get(ref)?.qty ?? 3) + random.int(-4, 3);
    return { ref, qty: Math.max(qty, 0) };
  },
  "stock.adjustBatch": (state, random) => {
    const by = random.pick([-3, -2, -1, 1, 2]);
    return { ref: batchOf(state, random), by, reason: random.pick(reasons) };
  },
  "stock.allocateLine": orderLine,
  "stock.deallocateLine": (state, random) => ({
    ...{ ...orderLine(state, random), reason: random.pick(reasons) },
  }),
};

const pickers = ["ann", "ben", "lead"] as const;

function openTask(state: HouseState, random: SeededRandom) {
  const hasOpen = ({ tasks }: { readonly tasks: readonly TaskState[] }) =>
    tasks.some((task) => task.state === "open");
  const waveId = idOf(state.waves, random, nowhere, (wave) => {
    return wave.status === "released" && hasOpen(wave);
  });
  const tasks = state.waves.get(waveId)?.tasks ?? [];
  const open = tasks.flatMap((task, i) => (task.state === "open" ? [i + 1] : []));
  const [first, ...others] = random.chance(0.9) ? open : [];
  const task = first ? random.pick([first, ...others]) : random.int(1, tasks.length + 1);
  return { waveId, task };
}

const waves: Readonly<Record<string, Wish>> = {
  "waves.planWave": (state, random) => {
    const some = Array.from({ length: random.int(1, 3) }, () => orderOf(state, random));
    const orderIds = [...new Set(some)];
    return { orderIds, ...mayBe(random, "maxOrders", random.int(1, 2), 0.2) };
  },
  "waves.releaseWave": (state, random) => ({
    waveId: idOf(state.waves, random, nowhere, ({ status }) => status === "planned"),
    pickers: random.chance(0.3) ? [random.pick(pickers), random.pick(pickers)] : [],
  }),
  "waves.assignTasks": (state, random) => {
    const { waveId, task } = openTask(state, random);
    return { waveId, picker: random.pick(pickers), ...mayBe(random, "tasks", [task]) };
  },
  "waves.cancelWave": (state, random) => ({
    waveId: idOf(state.waves, random, nowhere, ({ status }) => status === "released"),
    reason: random.pick(reasons),
  }),
  "waves.confirmPick": (state, random) => {
    const of = openTask(state, random);
    const task = state.waves.get(of.waveId)?.tasks[of.task - 1];
    if (!task || random.chance(0.05)) return { ...of, scannedSku: "TEE", qty: 1 };
    const { order, line, lpn, qty } = task;
    const sku = state.orders.get(order)?.lines[line - 1]?.sku ?? "TEE";
    const scannedBin = binOf(state, task);
    const what = lpn === null ? { scannedSku: sku, qty } : { scannedLpn: lpn };
    return { ...of, ...what, ...(scannedBin !== null && mayBe(random, "scannedBin", scannedBin)) };
  },
  "waves.reportShortPick": (state, random) => ({
    ...{ ...openTask(state, random), reason: random.pick(reasons) },
  }),
};

/** What of an order's lines is picked and not packed yet. */
function pickedOf(state: HouseState, order: string): object[] {
  const pieces = [...state.pieces].flatMap(([lpn, piece]) =>
    piece.order === order && piece.status === "picked" ? [{ line: piece.line, lpn }] : [],
  );
  const ofBatches = [...state.allocations.values()].flatMap((one) => {
    const qty = one.state === "picked" ? one.qty - one.packed : 0;
    return one.order === order && qty > 0 ? [{ line: one.line, qty }] : [];
  });
  return [...pieces, ...ofBatches];
}

const parcelIn = (state: HouseState, random: SeededRandom, ...statuses: string[]) => ({
  shipmentId: idOf(state.parcels, random, nowhere, ({ status }) => statuses.includes(status)),
});

const shipments: Readonly<Record<string, Wish>> = {
  "shipments.packParcel": (state, random) => {
    const picked = new Map([...state.orders].map(([id]) => [id, pickedOf(state, id)]));
    const orderId = idOf(picked, random, nowhere, (items) => items.length > 0);
    const items = picked.get(orderId) ?? [];
    const some = items.filter(() => random.chance(0.8));
    const chosen = some.length > 0 ? some : items;
    const odd = { line: random.int(1, 2), qty: 1 };
    return { orderId, items: chosen.length > 0 && random.chance(0.95) ? chosen : [odd] };
  },
  "shipments.unpackParcel": (state, random) => ({
    ...{ ...parcelIn(state, random, "packed", "labelled"), reason: random.pick(reasons) },
  }),
  "shipments.labelParcel": (state, random) => ({
    ...parcelIn(state, random, "packed"),
    ...{ carrier: "DHL", tracking: `${random.pick(refs)}${random.pick(refs)}` },
  }),
  "shipments.handOver": (state, random) => {
    const ids = Array.from({ length: random.int(1, 2) }, () => {
      return parcelIn(state, random, "labelled").shipmentId;
    });
    return { shipmentIds: ids, manifest: "DHL/2" };
  },
  "shipments.confirmDelivery": (state, random) => parcelIn(state, random, "handedOver"),
  "shipments.reportLoss": (state, random) => ({
    ...{ ...parcelIn(state, random, "handedOver"), reason: random.pick(reasons) },
  }),
};

/** What may be asked of orders, of stock, of waves and of parcels. */
export const wishesOut = { ...orders, ...stock, ...waves, ...shipments };
