import { type Floor, type Kind, type SoldOrder, type Step, type Task, take } from "./floor.ts";

const ordersWaitingMax = 40;
const ordersPerWave = 15;
const parcelsPerManifest = 8;

/** What is done for orders, from the channel that sells to the customer who has the parcel. */
export const outboundSteps: Readonly<Record<string, Step>> = {
  placeOrder: {
    weight: 100,
    ready: ({ toPlan }) => toPlan.length < ordersWaitingMax,
    async send(floor, { orders }) {
      const wanted = linesWanted(floor);
      // Now and then somebody wants more than there is: a line that waits.
      if (floor.random.chance(0.03)) wanted[0] = { ...batchLine(floor), qty: 90_000 };
      const externalRef = floor.newName("O");
      const lines = wanted.map(({ isPiece, ...line }) => line);
      const answer = await orders.placeOrder({ channel: "bench", externalRef, lines });
      floor.lastRef = externalRef;
      for (const { isPiece, sku, grade, qty } of wanted) {
        if (isPiece) floor.changeSellable({ sku, grade }, -qty);
      }
      const sold = wanted.map(({ qty, ...of }, i) => ({ line: i + 1, ...of }));
      const order: SoldOrder = { id: answer.data.orderId, lines: sold, picked: [], openTasks: 0 };
      const short = answer.data.lines.find(({ allocated }) => !allocated);
      if (short) floor.waiting.push({ order, line: short.line });
      else floor.toPlan.push(order);
      return answer;
    },
  },
  allocateLine: {
    weight: 3,
    ready: ({ waiting }) => waiting.length > 0,
    async send(floor, { stock }) {
      const { order, line } = take(floor.waiting);
      const answer = await stock.allocateLine({ orderId: order.id, line });
      if (answer.data.allocated) floor.toPlan.push(order);
      else floor.waiting.push({ order, line });
      return answer;
    },
  },
  planWave: {
    weight: 7,
    ready: ({ toPlan }) => toPlan.length >= ordersPerWave,
    async send(floor, { waves }) {
      const orders = floor.toPlan.splice(0, ordersPerWave);
      const orderIds = orders.map(({ id }) => id);
      const answer = await waves.planWave({ carrier: "DHL", orderIds });
      const { waveId } = answer.data;
      const tasks = answer.data.tasks.map((task) => ({ ...task, waveId }));
      for (const order of orders) {
        order.openTasks = tasks.filter(({ orderId }) => orderId === order.id).length;
        floor.inWave.set(order.id, order);
      }
      floor.planned.push({ waveId, tasks });
      return answer;
    },
  },
  releaseWave: {
    weight: 7,
    ready: ({ planned }) => planned.length > 0,
    async send(floor, { waves }) {
      const wave = take(floor.planned);
      const answer = await waves.releaseWave({ waveId: wave.waveId });
      floor.released.push(wave);
      return answer;
    },
  },
  assignTasks: {
    weight: 7,
    ready: ({ released }) => released.length > 0,
    async send(floor, { waves }) {
      const { waveId, tasks } = take(floor.released);
      // Who calls from the machine itself is called so, and picks.
      const answer = await waves.assignTasks({ waveId, picker: "local" });
      floor.toPick.push(...tasks);
      return answer;
    },
  },
  confirmPick: {
    weight: 145,
    ready: ({ toPick }) => toPick.length > 0,
    async send(floor, { waves }) {
      const task = take(floor.toPick);
      const answer = await waves.confirmPick({ ...placeOf(task), ...scanOf(task) });
      const { orderId, line, lpn, qty } = task;
      floor.inWave.get(orderId)?.picked.push(lpn === null ? { line, qty } : { line, lpn });
      floor.ended(task);
      return answer;
    },
  },
  reportShortPick: {
    weight: 1,
    ready: ({ toPick }) => toPick.some(({ lpn }) => lpn !== null),
    async send(floor, { waves }) {
      const at = floor.toPick.findIndex(({ lpn }) => lpn !== null);
      const task = take(floor.toPick.splice(at, 1));
      const { waveId, task: number, orderId, line } = task;
      const answer = await waves.reportShortPick({ waveId, task: number, reason: "not there" });
      const { allocated } = answer.data;
      const order = floor.inWave.get(orderId);
      const of = order?.lines.find((one) => one.line === line);
      if (of && allocated) floor.changeSellable(of, -1);
      if (order) order.short = { line, allocated };
      floor.ended(task);
      return answer;
    },
  },
  packParcel: {
    weight: 96,
    ready: ({ toPack }) => toPack.length > 0,
    async send(floor, { shipments }) {
      const order = take(floor.toPack);
      const parcel = { carton: "M", weightGrams: 640, carrier: "DHL" };
      const of = { orderId: order.id, items: order.picked, ...parcel };
      const answer = await shipments.packParcel(of);
      floor.parcels.packed.push({ id: answer.data.shipmentId, order });
      return answer;
    },
  },
  labelParcel: {
    weight: 96,
    ready: ({ parcels }) => parcels.packed.length > 0,
    async send(floor, { shipments }) {
      const parcel = take(floor.parcels.packed);
      const of = { shipmentId: parcel.id, carrier: "DHL", tracking: floor.newName("T") };
      const answer = await shipments.labelParcel(of);
      floor.parcels.labelled.push(parcel);
      return answer;
    },
  },
  handOver: {
    weight: 12,
    ready: ({ parcels }) => parcels.labelled.length >= parcelsPerManifest,
    async send(floor, { shipments }) {
      const parcels = floor.parcels.labelled.splice(0, parcelsPerManifest);
      const shipmentIds = parcels.map(({ id }) => id);
      const answer = await shipments.handOver({ shipmentIds, manifest: floor.newName("M") });
      floor.parcels.handedOver.push(...parcels);
      return answer;
    },
  },
  confirmDelivery: {
    weight: 94,
    ready: ({ parcels }) => parcels.handedOver.length > 0,
    async send(floor, { shipments }) {
      const { id: shipmentId, order } = take(floor.parcels.handedOver);
      const answer = await shipments.confirmDelivery({ shipmentId });
      floor.delivered.push(order);
      return answer;
    },
  },
};

type Wanted = Kind & { readonly qty: number; readonly isPiece: boolean };

/** One line or more, about half of them of batches and half of single pieces. */
function linesWanted(floor: Floor): Wanted[] {
  const { random } = floor;
  const count = random.chance(0.6) ? 1 : random.chance(0.75) ? 2 : 3;
  const lines: Wanted[] = [];
  while (lines.length < count) {
    const piece = random.chance(0.5) ? floor.anySellable(lines) : undefined;
    const one = piece ? { ...kindOf(piece), qty: 1, isPiece: true } : batchLine(floor);
    if (!lines.some(({ sku }) => sku === one.sku)) lines.push(one);
  }
  return lines;
}

function batchLine(floor: Floor): Wanted {
  return { sku: floor.anyBatchSku, grade: "N", qty: floor.random.int(1, 2), isPiece: false };
}

function kindOf({ sku, grade }: Kind): Kind {
  return { sku, grade };
}

/** Where a task is: its wave and number, and the bin that the picker stands before. */
export function placeOf({ waveId, task, bin }: Task) {
  return { waveId, task, ...(bin !== null && { scannedBin: bin }) };
}

function scanOf({ lpn, sku, qty }: Task) {
  return lpn === null ? { scannedSku: sku, qty } : { scannedLpn: lpn };
}
