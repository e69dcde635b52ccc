import { Refusal } from "../../kernel/refusals.ts";
import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { describeBins } from "../bins/contract.ts";
import { loadOrders } from "../orders/contract.ts";
import { type PickableLine, pickableLines } from "../stock/contract.ts";
import { openTasksOf } from "./contract.ts";
import type { TaskToPlan } from "./pick-task.ts";
import { wavesRefusals } from "./refusals.ts";

type HeldOrder = Awaited<ReturnType<typeof loadOrders>>[number];
type PlanScope = Pick<CommandScope, "find">;

/** What a wave is planned by, beside the orders that are named. */
export interface WaveRules {
  readonly warehouse: string;
  readonly channel?: string | undefined;
  readonly shipBefore?: Date | undefined;
  readonly maxOrders: number;
  readonly maxTasks: number;
}

/** An order that is not in the wave, and why. */
export interface LeftOut {
  readonly orderId: string;
  readonly reason: string;
}

/** What goes into a wave, and what does not. */
export interface ChosenTasks {
  readonly tasks: readonly TaskToPlan[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Chooses among the named orders, most urgent first, whose rows, stock and pieces are held from
 * here on. An order goes in whole; one that would fill more than a wave gets a wave of its own.
 * Where none goes in it refuses, for the reason of the most urgent one.
 */
export async function chooseTasks(
  ctx: PlanScope,
  orderIds: readonly string[],
  rules: WaveRules,
): Promise<ChosenTasks> {
  const orders = (await loadOrders(ctx, orderIds)).toSorted(byUrgency);
  const tasksOf = await findTasks(ctx, orders);
  const tasks: TaskToPlan[] = [];
  const leftOut: LeftOut[] = [];
  let taken = 0;
  let first: Refusal | string | undefined;
  for (const order of orders) {
    const its = tasksOf(order);
    const full =
      taken === rules.maxOrders || (taken > 0 && tasks.length + its.tasks.length > rules.maxTasks);
    const why = ruledOut(order, rules) ?? its.reason ?? (full ? "wave-full" : null);
    if (why === null) {
      tasks.push(...its.tasks);
      taken += 1;
    } else {
      first ??= why;
      leftOut.push({ orderId: order.id, reason: why instanceof Refusal ? why.reason : why });
    }
  }
  if (tasks.length === 0) throw nothingToPick(first, leftOut);
  return { tasks, leftOut };
}

function nothingToPick(why: Refusal | string | undefined, leftOut: readonly LeftOut[]): Refusal {
  if (why instanceof Refusal) return why;
  const own = why === "order-incomplete" || why === "line-in-wave" ? why : "nothing-to-pick";
  return wavesRefusals.because(own, { leftOut });
}

async function findTasks(ctx: PlanScope, orders: readonly HeldOrder[]) {
  const wanted = orders.flatMap(({ warehouse, lines }) =>
    lines.map(({ orderId, line, sku, grade, qty }) => ({
      ...{ warehouse, orderId, line, sku, grade, qty },
    })),
  );
  const orderIds = orders.map(({ id }) => id);
  // Sent together; which lines are in a wave is read once stock and pieces are held.
  const [pickable, open] = await Promise.all([
    pickableLines(ctx, wanted),
    openTasksOf(ctx, orderIds),
  ]);
  const inWave = new Set(open.map(sourceKey));
  const walk = await walkOf(ctx, orders, pickable);
  const ofOrder = Map.groupBy(pickable, ({ orderId }) => orderId);
  return ({ id, warehouse, lines }: HeldOrder) => {
    const its = ofOrder.get(id) ?? [];
    if (its.some(({ complete }) => !complete)) return { tasks: [], reason: "order-incomplete" };
    const all = its.flatMap(({ orderId, line, sources }) => {
      const { sku = "", grade = "" } = lines.find((one) => one.line === line) ?? {};
      return sources.map((source) => ({
        ...{ orderId, line, sku, grade, ...source },
        pickSequence: walk.get(binKey(warehouse, source.bin)) ?? 0,
      }));
    });
    const tasks = all.filter((task) => !inWave.has(sourceKey(task)));
    const none = all.length > 0 ? "line-in-wave" : "nothing-to-pick";
    return { tasks, reason: tasks.length > 0 ? null : none };
  };
}

async function walkOf(
  ctx: PlanScope,
  orders: readonly HeldOrder[],
  pickable: readonly PickableLine[],
): Promise<ReadonlyMap<string, number>> {
  const warehouseOf = new Map(orders.map(({ id, warehouse }) => [id, warehouse]));
  const places = pickable.flatMap(({ orderId, sources }) =>
    sources.flatMap(({ bin }) => {
      const warehouse = warehouseOf.get(orderId);
      return bin === null || warehouse === undefined ? [] : [{ warehouse, bin }];
    }),
  );
  const bins = await describeBins(ctx, places);
  return new Map(
    bins.map(({ warehouse, code, pickSequence }) => [binKey(warehouse, code), pickSequence]),
  );
}

/** Why the order itself or the rules keep it out; null if they do not. */
function ruledOut(
  order: HeldOrder,
  { warehouse, channel, shipBefore }: WaveRules,
): Refusal | string | null {
  try {
    order.requireFree();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  if (order.warehouse !== warehouse) return "other-warehouse";
  if (channel !== undefined && order.channel !== channel) return "other-channel";
  const { shipBy = null } = order;
  const late = shipBefore !== undefined && (shipBy === null || shipBy > shipBefore);
  return late ? "ships-later" : null;
}

const never = Number.POSITIVE_INFINITY;

function byUrgency(a: HeldOrder, b: HeldOrder): number {
  const sooner = (a.shipBy?.getTime() ?? never) - (b.shipBy?.getTime() ?? never);
  return (
    b.priority - a.priority ||
    (Number.isNaN(sooner) ? 0 : sooner) ||
    a.orderedAt.getTime() - b.orderedAt.getTime() ||
    (a.id < b.id ? -1 : 1)
  );
}

function sourceKey({ orderId, line, lpn }: { orderId: string; line: number; lpn: string | null }) {
  return JSON.stringify([orderId, line, lpn]);
}

function binKey(warehouse: string, bin: string | null): string {
  return JSON.stringify([warehouse, bin]);
}
