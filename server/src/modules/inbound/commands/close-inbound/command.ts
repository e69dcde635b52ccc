import { z } from "zod";
import { count, id } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { discrepancyReason, inboundLine } from "../../inputs.ts";
import { loadInbound } from "../../loading.ts";

const discrepancy = z.strictObject({ line: inboundLine(), reason: discrepancyReason() });

/** The dock is done with an inbound: what did not come, or came too much, is explained. */
export const closeInbound = command
  .meta({
    scope: "inbound:write",
    doc: "Closes an inbound; each line that was not received as announced needs a reason.",
    example: {
      inboundId: "0199c0de-0000-4000-8000-000000000001",
      discrepancies: [{ line: 1, reason: "two cartons are missing" }],
    },
    refuses: [
      "inbound-unknown",
      "inbound-line-unknown",
      "inbound-closed",
      "discrepancy-unexplained",
      "nothing-to-explain",
    ],
  })
  .input(
    z.strictObject({
      inboundId: id(),
      discrepancies: z
        .array(discrepancy)
        .max(1_000)
        .refine(
          (all) => new Set(all.map(({ line }) => line)).size === all.length,
          "names a line twice",
        )
        .default([]),
    }),
  )
  .output(z.strictObject({ inboundId: id(), discrepancies: count() }))
  .mutation(async ({ ctx, input: { inboundId, discrepancies } }) => {
    const inbound = await loadInbound(ctx, inboundId);
    const reasons = new Map(discrepancies.map(({ line, reason }) => [line, reason]));
    const events = inbound.close(reasons, new Date());
    ctx.record(...events);
    return { inboundId, discrepancies: events.length - 1 };
  });
