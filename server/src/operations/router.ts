import { z } from "zod";
import { operation, router } from "../kernel/procedure.ts";
import { lagReport, readLag } from "./lag.ts";

/** What operations people ask. */
export const operationsRouter = router({
  lag: operation
    .meta({
      scope: "operations:read",
      doc: "How far each read model is behind, by the database's clock, with its recent history.",
    })
    .input(z.strictObject({}).optional())
    .output(lagReport)
    .query(({ ctx }) => readLag(ctx.engine)),
});
