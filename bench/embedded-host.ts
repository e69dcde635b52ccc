import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import express from "express";

/*
 * A host on Express, bare or with Selvedge in it; prints its address when it answers, and the
 * memory that it holds then.
 */

const { values: flags } = parseArgs({ options: { bare: { type: "boolean", default: false } } });
const app = express();
app.get("/own", (_req, res) => void res.send("ok"));
let stop: (() => Promise<void>) | undefined;
if (!flags.bare) {
  const { createSelvedge } = await import("../server/src/index.ts");
  const selvedge = createSelvedge({ databaseUrl: process.env.DATABASE_URL ?? "" });
  app.use("/selvedge", selvedge.handler);
  await selvedge.start();
  stop = () => selvedge.stop();
}
const server = app.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", async () => {
  server.close();
  server.closeAllConnections();
  await stop?.();
});
