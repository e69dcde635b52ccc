import { z } from "zod";
import { AtMost } from "../../../../kernel/entity-query.ts";
import { id } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { holdOrders } from "../../../orders/contract.ts";
import { cancelTaskOfPiece } from "../../../waves/contract.ts";
import { Garment } from "../../garment.ts";
import { hasExpired } from "../../garment-guards.ts";

const atOnceMax = 500;

/** Pieces whose reservation has run out are free again; a clock calls it every minute or so. */
export const expireReservations = command
  .meta({
    scope: "garments:write",
    doc: "Frees pieces whose reservation has run out, the longest ago first; `more` if some are left.",
    example: { limit: 100 },
    refuses: [],
  })
  .input(z.strictObject({ limit: z.int().min(1).max(atOnceMax).default(atOnceMax) }))
  .output(
    z.strictObject({
      expired: z.array(z.strictObject({ lpn: z.string(), orderId: id(), line: z.int().min(1) })),
      more: z.boolean(),
    }),
  )
  .mutation(async ({ ctx, input: { limit } }) => {
    const now = new Date();
    const where = { status: "reserved", reservedUntil: new AtMost(now) };
    const orderBy = { reservedUntil: "asc", lpn: "asc" } as const;
    const due = await ctx.find(Garment, where, { limit: limit + 1, orderBy });
    const chosen = due.slice(0, limit);
    await holdOrders(
      ctx,
      chosen.flatMap(({ reservedFor }) => reservedFor?.orderId ?? []),
    );
    const lpns = chosen.map(({ lpn }) => lpn);
    const held = { lock: true, orderBy: { lpn: "asc" } } as const;
    const pieces = lpns.length === 0 ? [] : await ctx.find(Garment, { lpn: lpns }, held);
    const expired = [];
    for (const garment of pieces.filter((one) => hasExpired(one, now))) {
      const { lpn, reservedFor } = garment;
      ctx.record(garment.release("time has run out", "expired"));
      if (reservedFor) expired.push({ lpn, ...reservedFor });
    }
    for (const { lpn } of expired) await cancelTaskOfPiece(ctx, lpn, "time has run out");
    return { expired, more: due.length > limit };
  });
