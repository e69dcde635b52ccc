import type { SampleInbound } from "../plan/inbounds.ts";
import { people, turn } from "../plan/people.ts";
import type { Player } from "./player.ts";

type Receipt =
  | { readonly piece: SampleInbound["pieces"][number] }
  | { readonly lot: SampleInbound["lots"][number] };

/** Inbounds are announced, come in, are put away where they need no grading, and are closed. */
export async function takeIn(
  player: Player,
  when: string,
  inbounds: readonly SampleInbound[],
): Promise<void> {
  const ids = await announce(player, when, inbounds);
  const lines = inbounds.flatMap(({ ref, pieces, lots }) => {
    const inboundId = ids.get(ref);
    if (inboundId === undefined) return [];
    return linesOf(pieces, lots).map((receipts) => ({ inboundId, receipts }));
  });
  await player.step(`${when} receipts`, lines, async ({ inboundId, receipts }, at) => {
    for (const receipt of receipts) await receive(player, { inboundId, at }, receipt);
  });
  await player.step(`${when} inbounds closed`, inbounds, async ({ ref, discrepancies }, at) => {
    const inboundId = ids.get(ref);
    if (inboundId === undefined || discrepancies === null) return;
    const as = turn(people.dock, at);
    await player.do(as, "inbound.closeInbound", ref, { inboundId, discrepancies });
  });
}

/** Says what will come in; answers the inbounds' ids by their references. */
export async function announce(
  player: Player,
  when: string,
  inbounds: readonly SampleInbound[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  await player.step(`${when} announcements`, inbounds, async ({ ref, announcement }) => {
    const outcome = await player.send(announcement);
    if (outcome.state !== "refused") ids.set(ref, outcome.data.inboundId);
  });
  return ids;
}

/** Which receipt of a line is one too many depends on their order: a line comes in bit by bit. */
function linesOf(
  pieces: SampleInbound["pieces"],
  lots: SampleInbound["lots"],
): readonly (readonly Receipt[])[] {
  const receipts = [
    ...pieces.map((piece) => ({ line: piece.line, receipt: { piece } })),
    ...lots.map((lot) => ({ line: lot.receipt.line, receipt: { lot } })),
  ];
  const byLine = Map.groupBy(receipts, ({ line }) => line);
  return [...byLine.values()].map((ofLine) => ofLine.map(({ receipt }) => receipt));
}

async function receive(
  player: Player,
  { inboundId, at }: { inboundId: string; at: number },
  receipt: Receipt,
): Promise<void> {
  const as = turn(people.dock, at);
  if ("piece" in receipt) {
    const { piece } = receipt;
    await player.do(as, "inbound.receivePiece", piece.lpn, { inboundId, ...piece });
    return;
  }
  const { receipt: lot, toBin } = receipt.lot;
  const ref = lot.batchRef;
  await player.do(as, "inbound.receiveLot", ref, { inboundId, ...lot });
  await player.do(turn(people.stowers, at), "stock.putAwayLot", ref, { ref, bin: toBin });
}
