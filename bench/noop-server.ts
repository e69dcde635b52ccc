import type { AddressInfo } from "node:net";
import { initTRPC } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express from "express";
import { z } from "zod";

/*
 * The least that a tRPC query can be: one procedure that answers a constant, behind Express. It
 * stands where the SDK's `operations.lag` goes, so that the same client calls both.
 */
const t = initTRPC.create({ isDev: false });
const noop = t.procedure
  .input(z.strictObject({}).optional())
  .output(z.strictObject({ ok: z.boolean() }))
  .query(() => ({ ok: true }));
const router = t.router({ operations: t.router({ lag: noop }) });

const app = express();
app.use("/trpc", createExpressMiddleware({ router, allowMethodOverride: true }));
const server = app.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
