import type { SampleBins } from "../plan/bins.ts";
import { people, turn } from "../plan/people.ts";
import type { DeskOrder } from "./desk-order.ts";
import type { Player } from "./player.ts";
import { ordersThat } from "./sales.ts";

/** How far the house gets with a return before the day is over. */
type Stage = "announced" | "received" | "graded" | "donated" | "sold again" | "as a lot";

const stages: readonly [Stage, ...Stage[]] = [
  ...(["sold again", "announced", "received", "sold again", "as a lot"] as const),
  ...(["graded", "donated", "sold again"] as const),
];

interface Return {
  readonly order: DeskOrder;
  readonly inboundId: string;
  readonly stage: Stage;
  readonly lpn: string | null;
  readonly bin: string;
}

const reasons = ["too small", "not as shown", "too large", "a button is missing"] as const;
const wornOnce: Readonly<Record<string, string>> = { N: "A", A: "B", B: "C", C: "D" };

/** Customers send back the first thing that they have got; the house looks at it again. */
export async function takeReturns(player: Player, bins: SampleBins): Promise<void> {
  const orders = ordersThat(player, "returned").filter(({ parcels }) =>
    parcels.some(({ isDelivered }) => isDelivered),
  );
  const returns = await announceReturns(player, orders, bins);
  const came = returns.filter(({ stage }) => stage !== "announced");
  await player.step("returns received", came, (one) => receive(player, one));
  const looked = came.filter((one) => one.stage !== "received" && !isLot(one));
  await player.step("returns graded", looked, (one) => lookAt(player, one));
}

async function announceReturns(
  player: Player,
  orders: readonly DeskOrder[],
  bins: SampleBins,
): Promise<Return[]> {
  const returns: Return[] = [];
  await player.step("returns announced", orders, async (order, at) => {
    const { orderId, ref } = order;
    const [first] = order.lines;
    if (!first) return;
    const announce = (name: string, qty: number) =>
      player.do(people.returns, "inbound.announceInbound", `${name}-${ref}`, {
        ...{ source: order.channel, ref: `${name}-${ref}`, kind: "return", orderId },
        ...{ returnReason: turn(reasons, at), lines: [{ sku: first.sku, qty, orderLine: 1 }] },
      });
    const outcome = await announce("RMA", 1);
    // At times a customer asks for more back than they have bought.
    if (at < 2) await announce("RMA-AGAIN", first.qty);
    if (outcome.state === "refused") return;
    const { inboundId } = outcome.data;
    const [item] = first.picked;
    const lpn = item && "lpn" in item ? item.lpn : null;
    const bin = turn(bins.pieces, at);
    returns[at] = { order, inboundId, stage: turn(stages, at), lpn, bin };
  });
  return returns.filter((one) => one !== undefined);
}

async function receive(player: Player, one: Return): Promise<void> {
  const { order, inboundId, stage } = one;
  const as = people.returns;
  const about = `RMA-${order.ref}`;
  const piece = { inboundId, line: 1, lpn: plateFor(player, one) };
  const taken = isLot(one)
    ? await receiveLot(player, one)
    : await player.do(as, "inbound.receivePiece", about, piece);
  if (taken.state === "refused") return;
  player.tally("returnsTaken");
  if (stage !== "received") await player.do(as, "inbound.closeInbound", about, { inboundId });
}

/** What came out of a batch, and was never worn, may go back into one. */
async function receiveLot(player: Player, { order, inboundId, bin }: Return) {
  const grade = order.lines[0]?.grade ?? "N";
  const batchRef = `sample/${player.planning.label}/returned/${order.ref}`;
  const lot = { inboundId, line: 1, batchRef, qty: 1, grade, bin };
  const taken = await player.do(people.returns, "inbound.receiveLot", batchRef, lot);
  if (taken.state !== "refused") player.tally("returnsOnSale");
  return taken;
}

function isLot({ stage, lpn }: Return): boolean {
  return stage === "as a lot" && lpn === null;
}

/** A piece comes back under the plate that it left under; one of a batch gets its own. */
function plateFor(player: Player, { order, lpn }: Return): string {
  return lpn ?? `SMP-${player.planning.label}-R${order.ref.slice(-4)}`;
}

/** It was worn, if only once: it is worth a little less than it was. */
async function lookAt(player: Player, one: Return): Promise<void> {
  const { order, stage, bin } = one;
  const lpn = plateFor(player, one);
  const grade = wornOnce[order.lines[0]?.grade ?? "N"] ?? "D";
  const defects = [{ kind: "odour", place: "all over", severity: "minor" }] as const;
  const as = turn(people.graders, Number(order.ref.slice(-1)));
  const about = `RMA-${order.ref}`;
  await player.do(as, "garments.gradeGarment", about, { lpn, grade, defects });
  if (stage === "graded") return;
  const disposition = stage === "donated" || grade === "D" ? "donate" : "sell";
  await player.do(as, "garments.decideDisposition", about, { lpn, disposition });
  if (disposition !== "sell") return;
  const piece = { lpn, bin };
  const stowed = await player.do(people.stowers[0], "garments.putAway", about, piece);
  if (stowed.state !== "refused") player.tally("returnsOnSale");
}
