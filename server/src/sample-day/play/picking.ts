import type { PickListRow } from "@selvedge/sdk";
import { people, turn } from "../plan/people.ts";
import type { DataOf } from "../sample-day-client.ts";
import type { DeskOrder } from "./desk-order.ts";
import type { Player } from "./player.ts";

/** A wave as the shift lead wants it. */
export interface WantedWave {
  readonly name: string;
  readonly orders: readonly DeskOrder[];
  readonly carrier: string;
  /** The time of the day by which the carrier comes. */
  readonly cutOff: string;
  readonly ordersMax: number;
  /** Which part of each walk is done before the day is over; null where none begins. */
  readonly picked: number | null;
  /** Whether the lead gives it up in the end. */
  readonly isGivenUp: boolean;
}

/** A wave that is planned. */
export interface PlannedWave {
  readonly name: string;
  readonly waveId: string;
  readonly isGivenUp: boolean;
}

interface Walk {
  readonly wave: PlannedWave;
  readonly picker: string;
  readonly part: number;
}

const pickersOfWave = 3;

/** Waves are planned, go to the floor, and are picked as far as the day goes. */
export async function pickWaves(
  player: Player,
  when: string,
  wanted: readonly WantedWave[],
): Promise<PlannedWave[]> {
  const planned: PlannedWave[] = [];
  const walks: Walk[] = [];
  const plan = async (wave: WantedWave, at: number) => {
    const answer = await planWave(player, wave);
    if (!answer) return;
    const { waveId } = answer;
    const { name, isGivenUp } = wave;
    const known = { name, waveId, isGivenUp };
    planned.push(known);
    if (wave.picked === null) return;
    const pickers = Array.from({ length: pickersOfWave }, (_none, i) =>
      turn(people.pickers, at + i),
    );
    await player.do(people.lead, "waves.releaseWave", wave.name, { waveId, pickers });
    await evenOut(player, known, pickers[0] ?? people.lead, answer.tasks);
    for (const picker of pickers) walks.push({ wave: known, picker, part: wave.picked });
  };
  // The lead does one after the other: an order goes into the first wave that has room for it.
  await player.step(`${when} waves`, wanted, plan, 1);
  await player.step(`${when} picks`, walks, (walk) => takeWalk(player, walk));
  return planned;
}

async function planWave(
  player: Player,
  { name, orders, carrier, cutOff, ordersMax }: WantedWave,
): Promise<DataOf<"waves.planWave"> | undefined> {
  const orderIds = orders.filter(({ isReady }) => isReady).map(({ orderId }) => orderId);
  if (orderIds.length === 0) return undefined;
  const until = `${player.planning.day}T${cutOff}:00.000Z`;
  const wave = { carrier, cutOff: until, orderIds, maxOrders: ordersMax };
  const outcome = await player.do(people.lead, "waves.planWave", name, wave);
  return outcome.state === "refused" ? undefined : outcome.data;
}

/** The last tasks of the walk go to the picker who has the first: they pass there anyway. */
async function evenOut(
  player: Player,
  { name, waveId }: PlannedWave,
  picker: string,
  tasks: DataOf<"waves.planWave">["tasks"],
): Promise<void> {
  const last = tasks.slice(-2).map(({ task }) => task);
  await player.do(people.lead, "waves.assignTasks", name, { waveId, picker, tasks: last });
}

/** A picker takes the list of a wave and goes from bin to bin. */
async function takeWalk(player: Player, walk: Walk): Promise<void> {
  const rows = await readList(player, walk);
  for (const row of rows.slice(0, Math.ceil(rows.length * walk.part))) {
    await pick(player, walk, row);
  }
}

/**
 * What a picker sees. The lead's receipts are passed on, so the list shows what the lead has just
 * assigned. Tasks that were ended since are taken all the same: a day that goes on where it was
 * comes to the same decisions, since what a task is about and whose it is never changes after that.
 */
async function readList(
  player: Player,
  { wave: { waveId }, picker }: Walk,
): Promise<PickListRow[]> {
  const { signal } = player;
  const { waves } = player.clientOf(picker);
  const atLeast = player.clientOf(people.lead).receipts();
  const rows: PickListRow[] = [];
  const list = waves.pickList.rows({ waveId, picker }, { atLeast, onMiss: "patch", signal });
  for await (const row of list) rows.push(row);
  return rows.sort((one, other) => one.task - other.task);
}

async function pick(player: Player, { wave, picker }: Walk, row: PickListRow): Promise<void> {
  const { task, bin, lpn, sku, qty, line } = row;
  const { waveId } = wave;
  const order = player.desk.get(row.orderId);
  const about = `${wave.name}/${task}`;
  if (order?.fate === "short" && !order.wasShort && line === 1) {
    const short = { waveId, task, reason: "not in its bin" };
    const outcome = await player.do(picker, "waves.reportShortPick", about, short);
    order.wasShort = true;
    if (outcome.state !== "refused") order.supply(line, outcome.data);
    return;
  }
  const scanned = lpn === null ? { scannedSku: sku, qty } : { scannedLpn: lpn };
  const seen = { waveId, task, ...(bin !== null && { scannedBin: bin }), ...scanned };
  const outcome = await player.do(picker, "waves.confirmPick", about, seen);
  if (outcome.state === "refused") return;
  const item = lpn === null ? { line, qty } : { line, lpn };
  order?.lines[line - 1]?.picked.push(item);
}
