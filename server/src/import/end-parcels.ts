import type { FactSender } from "./fact-sender.ts";
import type { PickedPlates } from "./pick-wave.ts";
import type { Outcome } from "./send-command.ts";
import { type PackedParcel, wasDone } from "./ship-parcels.ts";

/** Pieces that come back in the grade they left in, unless the house looks at them. */
const grade = "N";

/** Brings parcels that a carrier has to the end that their rows tell. */
export async function endParcels(
  facts: FactSender,
  parcels: readonly PackedParcel[],
  platesOf: PickedPlates,
): Promise<void> {
  for (const one of parcels) {
    const { outcome, deliveredAt } = one.parcel;
    // Of what comes back a carrier may tell that it had been there.
    if (outcome === "delivered" || deliveredAt !== null) await deliver(facts, one);
    if (outcome === "lost") await lose(facts, one);
    if (outcome === "returning" || outcome === "returned") await takeBack(facts, one, platesOf);
  }
}

async function deliver(facts: FactSender, { order, parcel, shipmentId, names }: PackedParcel) {
  const at = parcel.deliveredAt;
  const outcome = await facts.send("confirmDelivery", names, ({ shipments }, options) =>
    shipments.confirmDelivery({ shipmentId, ...(at === null ? {} : { at }) }, options),
  );
  if (outcome.state !== "refused" || wasDone(outcome, "delivered")) return;
  order.stickFor("its delivery is not confirmed", outcome);
}

async function lose(facts: FactSender, { order, parcel, shipmentId, names }: PackedParcel) {
  const reason = `imported as ${parcel.status}`;
  const outcome = await facts.send("reportLoss", names, ({ shipments }, options) =>
    shipments.reportLoss({ shipmentId, reason }, options),
  );
  if (outcome.state !== "refused" || wasDone(outcome, "lost")) return;
  order.stickFor("its loss is not reported", outcome);
}

/** A return is announced; it is received only where the source says that it is back. */
async function takeBack(facts: FactSender, one: PackedParcel, platesOf: PickedPlates) {
  const { order, parcel, names } = one;
  const { orderId } = order;
  const { warehouse } = facts.mapping.constants;
  const lines = parcel.lines.map((line) => ({ ...order.lineOf(line), orderLine: line }));
  const announced = {
    ...{ source: order.names[0], ref: facts.keyFor("return", ...names), kind: "return" as const },
    ...{ orderId, returnReason: "imported as a return", ...(warehouse ? { warehouse } : {}) },
    lines: lines.map(({ sku, qty, orderLine }) => ({ sku, qty, orderLine })),
  };
  const outcome = await facts.send("announceInbound", names, ({ inbound }, options) =>
    inbound.announceInbound(announced, options),
  );
  if (outcome.state === "refused") return order.stickFor("its return is refused", outcome);
  if (parcel.outcome === "returning") return;

  const { inboundId } = outcome.data;
  for (const [at, line] of parcel.lines.entries()) {
    if (order.isStuck) return;
    await receive(facts, one, { inboundId, at, plates: platesOf(orderId, line) });
  }
  if (!order.isStuck) await close(facts, one, inboundId);
}

interface LineBack {
  readonly inboundId: string;
  /** Which of the parcel's lines, from 0; the lines of a return are numbered like that, from 1. */
  readonly at: number;
  readonly plates: readonly string[];
}

async function receive(
  facts: FactSender,
  { order, parcel, names }: PackedParcel,
  { inboundId, at, plates }: LineBack,
): Promise<void> {
  const line = at + 1;
  const orderLine = parcel.lines[at] ?? 0;
  const stick = (outcome: Outcome<unknown>) => {
    if (outcome.state === "refused") order.stickFor("its return is not received", outcome);
  };
  if (plates.length === 0) {
    const { qty } = order.lineOf(orderLine);
    const batchRef = facts.keyFor("returned", ...order.names, String(orderLine));
    const lot = { inboundId, line, batchRef, qty, grade };
    const fact = [...names, String(line)];
    return stick(
      await facts.send("receiveLot", fact, ({ inbound }, options) =>
        inbound.receiveLot(lot, options),
      ),
    );
  }
  for (const lpn of plates) {
    stick(
      await facts.send("receivePiece", [...names, lpn], ({ inbound }, options) =>
        inbound.receivePiece({ inboundId, line, lpn }, options),
      ),
    );
  }
}

async function close(facts: FactSender, { order, names }: PackedParcel, inboundId: string) {
  const outcome = await facts.send("closeInbound", names, ({ inbound }, options) =>
    inbound.closeInbound({ inboundId }, options),
  );
  if (outcome.state === "refused") order.stickFor("its return is not closed", outcome);
}
