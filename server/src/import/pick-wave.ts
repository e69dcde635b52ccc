import type { FactSender } from "./fact-sender.ts";
import type { PlannedWaveData, WaveTask } from "./floor-client.ts";
import type { OrderUnderWay } from "./order-under-way.ts";
import type { PlannedOrder } from "./plan.ts";
import type { Outcome } from "./send-command.ts";

/** Most tasks that the server takes into one wave. */
const tasksMax = 5_000;

/** The licence plates of single pieces that were picked for a line of an order. */
export type PickedPlates = (orderId: string, line: number) => readonly string[];

/** Plans one wave of the orders and picks all that they shipped. */
export async function pickWave(
  facts: FactSender,
  orders: readonly OrderUnderWay[],
): Promise<PickedPlates> {
  const going = orders.filter(({ isStuck }) => !isStuck);
  const wave = going.length > 0 ? await plan(facts, going) : null;
  if (wave === null) return () => [];

  const { waveId } = wave;
  await facts.send("releaseWave", [waveId], ({ waves }, options) =>
    waves.releaseWave({ waveId }, options),
  );
  const byId = new Map(going.map((order) => [order.orderId, order]));
  let left = 0;
  for (const task of wave.tasks) {
    const order = byId.get(task.orderId);
    const picked = order !== undefined && (await pick(facts, waveId, task, order));
    left += picked ? 0 : 1;
  }
  if (left > 0) await giveUp(facts, waveId);
  const plates = Map.groupBy(wave.tasks, ({ orderId, line }) => `${orderId}/${line}`);
  return (orderId, line) =>
    (plates.get(`${orderId}/${line}`) ?? []).flatMap(({ lpn }) => lpn ?? []);
}

async function plan(
  facts: FactSender,
  orders: readonly OrderUnderWay[],
): Promise<PlannedWaveData | null> {
  const { warehouse } = facts.mapping.constants;
  const which = { orderIds: orders.map(({ orderId }) => orderId), maxTasks: tasksMax };
  const fact = orders.map(({ names, work }) => JSON.stringify([...names, ...shippedOf(work)]));
  const outcome = await facts.send("planWave", fact, ({ waves }, options) =>
    waves.planWave({ ...which, ...(warehouse ? { warehouse } : {}) }, options),
  );
  const reasons = reasonsOf(outcome);
  for (const order of orders) {
    const reason = reasons(order.orderId);
    // What an earlier export has had picked is on its way already, or even there.
    if (reason === null || reason === "nothing-to-pick") continue;
    order.stick("it is not picked", reason);
  }
  return outcome.state === "refused" ? null : outcome.data;
}

/** The lines that left the house; in a later export they may be more. */
function shippedOf({ parcels }: PlannedOrder): number[] {
  return parcels.flatMap(({ lines }) => lines);
}

/** Why an order is not in the wave, or null. */
function reasonsOf(outcome: Outcome<PlannedWaveData>): (orderId: string) => string | null {
  const refused = outcome.state === "refused";
  const { leftOut = [] } = (refused ? (outcome.details ?? {}) : outcome.data) as {
    leftOut?: PlannedWaveData["leftOut"];
  };
  const reasons = new Map(leftOut.map(({ orderId, reason }) => [orderId, reason]));
  return (orderId) => reasons.get(orderId) ?? (refused ? outcome.reason : null);
}

async function pick(
  facts: FactSender,
  waveId: string,
  { task, line, lpn, sku, qty }: WaveTask,
  order: OrderUnderWay,
): Promise<boolean> {
  if (!shippedOf(order.work).includes(line) || order.isStuck) return false;
  const scan = lpn === null ? { scannedSku: sku, qty } : { scannedLpn: lpn };
  const outcome = await facts.send("confirmPick", [waveId, String(task)], ({ waves }, options) =>
    waves.confirmPick({ waveId, task, ...scan }, options),
  );
  if (outcome.state === "refused") order.stickFor("it is not picked", outcome);
  return outcome.state !== "refused";
}

/** What nobody is going to pick must not keep its orders out of later waves. */
async function giveUp(facts: FactSender, waveId: string): Promise<void> {
  const reason = "not shipped, as far as the imported file says";
  await facts.send("cancelWave", [waveId], ({ waves }, options) =>
    waves.cancelWave({ waveId, reason }, options),
  );
}
