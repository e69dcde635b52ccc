import { z } from "zod";
import { hasScope } from "../../../../kernel/context.ts";
import { count, id, keyText, quantityOrZero } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { type PieceCount, piecesToCount } from "../../../garments/contract.ts";
import { lineAgain, lpn, reason } from "../../../garments/inputs.ts";
import { allocateAgain, holdOrders, type LineAgain, stockOf } from "../../../orders/contract.ts";
import { type BatchesCounted, countBatches } from "../../../stock/contract.ts";
import { defaultWarehouse, warehouse } from "../../../stock/inputs.ts";
import { cancelTaskOfPiece, cancelTasksOfLines } from "../../../waves/contract.ts";
import { Bin } from "../../bin.ts";
import { binsForSale } from "../../contract.ts";
import { closeCount } from "../../counting.ts";
import { binCode } from "../../inputs.ts";
import { binsRefusals } from "../../refusals.ts";

const isDistinct = (names: readonly string[]) => new Set(names).size === names.length;

const seen = z.strictObject({
  lpns: z.array(lpn()).max(2_000).refine(isDistinct, "names a plate twice"),
  batches: z
    .array(z.strictObject({ ref: keyText(), qty: quantityOrZero() }))
    .max(500)
    .refine((batches) => isDistinct(batches.map(({ ref }) => ref)), "names a batch twice"),
});

const lpns = z.array(z.string());

const answer = z.strictObject({
  warehouse: z.string(),
  bin: z.string(),
  /** Not seen: missing from now on. */
  missing: lpns,
  /** Were missing. */
  found: lpns,
  /** Were known in another bin. */
  moved: z.array(z.strictObject({ lpn: z.string(), from: z.string() })),
  batches: z.array(
    z.strictObject({
      ref: z.string(),
      before: count(),
      after: count(),
      deallocated: z.array(z.strictObject({ orderId: id(), line: count(), qty: count() })),
    }),
  ),
  /** Known, but in no bin or as a batch of another one: nothing was done to them. */
  stray: z.strictObject({
    lpns: z.array(z.strictObject({ lpn: z.string(), status: z.string() })),
    batches: z.array(z.string()),
  }),
  unknown: z.strictObject({ lpns, batches: z.array(z.string()) }),
  /** Order lines that lost a piece by it, and what they have now. */
  freed: z.array(lineAgain()),
});

/** Who has counted a bin says what is in it; the house's books follow what was seen. */
export const submitCount = command
  .meta({
    scope: "bins:write",
    doc:
      "Ends a bin's count with all that was seen in it. Each difference is put right, with the " +
      "reason: pieces that were not seen are missing, others are found or moved here, batches hold " +
      "what was counted. Lines that lose pieces by it are no longer picked; those of single pieces " +
      "try for others at once. Who started the count submits it, or somebody with the scope " +
      "bins:lead.",
    example: {
      bin: "A-01-3",
      seen: { lpns: ["LPN-000123"], batches: [{ ref: "PO-1001/1", qty: 38 }] },
      reason: "yearly count",
    },
    refuses: ["bin-unknown", "bin-not-being-counted", "counted-by-another", "bin-full"],
  })
  .input(
    z.strictObject({
      warehouse: warehouse().default(defaultWarehouse),
      bin: binCode(),
      seen,
      reason: reason(),
    }),
  )
  .output(answer)
  .mutation(async ({ ctx, input: { warehouse, bin: code, seen, reason } }) => {
    const place = { warehouse, bin: code };
    const who = { actor: ctx.identity.actor, isLead: hasScope(ctx.identity, "bins:lead") };
    const unknown = () => binsRefusals.because("bin-unknown", place);
    const bin = await ctx.load(Bin, { warehouse, code }, unknown);
    bin.requireCounting(who.actor, who.isLead);

    // Nothing goes in or out; what happens to the pieces otherwise is guarded by their versions.
    const isForSale = binsForSale.some((kind) => kind === bin.kind);
    const pieces = await piecesToCount(ctx, { ...place, isForSale }, seen.lpns);
    const orders = await holdOrders(
      ctx,
      pieces.freed.map(({ orderId }) => orderId),
    );
    const besides = stockOf(orders, pieces.freed);
    const batches = await countBatches(ctx, place, seen.batches, { reason, besides });
    pieces.adjust(reason, new Date());
    const freed = await allocateAgain(ctx, orders, pieces.freed);
    const { missing, found, moved } = pieces;
    await closeCount(ctx, place, who, {
      movedFrom: moved.map(({ from }) => from),
      pieces: found.length + moved.length - missing.length + batches.pieces,
      expected: pieces.expected + batches.expected,
      seen: seen.lpns.length + seen.batches.reduce((sum, { qty }) => sum + qty, 0),
      ...{ reason, unknown: [...pieces.unknown, ...batches.unknown] },
    });
    for (const { lpn } of pieces.freed) await cancelTaskOfPiece(ctx, lpn, reason);
    const lines = batches.adjusted.flatMap(({ deallocated }) => deallocated);
    await cancelTasksOfLines(ctx, lines, reason);
    return answerOf(place, pieces, batches, freed);
  });

/** What came of a count, as whoever has counted reads it. */
function answerOf(
  place: { warehouse: string; bin: string },
  { missing, found, moved, stray, unknown }: PieceCount,
  batches: BatchesCounted,
  freed: readonly LineAgain[],
): z.infer<typeof answer> {
  return {
    ...place,
    missing: [...missing],
    found: [...found],
    moved: [...moved],
    batches: batches.adjusted.map((one) => ({ ...one, deallocated: [...one.deallocated] })),
    stray: { lpns: [...stray], batches: [...batches.elsewhere] },
    unknown: { lpns: [...unknown], batches: [...batches.unknown] },
    freed: freed.map((one) => ({ ...one, lpns: [...one.lpns] })),
  };
}
