import { deepStrictEqual, rejects } from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { createSelvedge, type Identity } from "@selvedge/server";
import { application } from "./application.gen.ts";
import { Selvedge } from "./sdk.gen.ts";

/* Repairs as callers see them, over the PostgreSQL that DATABASE_URL names. */

const databaseUrl = process.env.DATABASE_URL;
const selvedge = createSelvedge({ databaseUrl: databaseUrl ?? "", application });
const server = createServer(selvedge.handler);
let client: Selvedge;

const skip = databaseUrl === undefined && "DATABASE_URL names no database";
before(async () => {
  if (skip) return;
  await selvedge.start();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new Selvedge({ baseUrl: `http://127.0.0.1:${port}` });
  await client.catalogue.registerVariant({ sku: "TEE" });
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await selvedge.stop();
});

/** A garment that has come in and was graded. */
async function isGraded(lpn: string): Promise<string> {
  const lines = [{ sku: "TEE", qty: 1 }];
  const wanted = { source: "sellers", ref: lpn, kind: "seller", lines } as const;
  const { data } = await client.inbound.announceInbound(wanted);
  await client.inbound.receivePiece({ inboundId: data.inboundId, line: 1, lpn });
  await client.garments.gradeGarment({ lpn, grade: "B", defects: [] });
  return lpn;
}

test("a garment goes to a seamstress and comes back to be graded anew", { skip }, async () => {
  const lpn = await isGraded("L-1");
  const wanted = { lpn, seamstress: "Amira", work: "sew the hem" };
  const { data: sent } = await client.repairs.sendToRepair(wanted);
  const board = async () => {
    const { data } = await client.repairs.repairBoard({ lpn });
    return data.rows.map(({ status, garmentStatus, result }) => ({
      status,
      garmentStatus,
      result,
    }));
  };
  deepStrictEqual(await board(), [{ status: "out", garmentStatus: "rework", result: null }]);
  await rejects(client.repairs.sendToRepair(wanted), { reason: "garment-status-forbids" });

  const { data } = await client.repairs.finishRepair({ ...sent, result: "hem sewn" });
  deepStrictEqual(data, { lpn });
  const back = { status: "done", garmentStatus: "received", result: "hem sewn" };
  deepStrictEqual(await board(), [back]);
  await rejects(client.repairs.finishRepair({ ...sent, result: "again" }), {
    reason: "repair-done",
  });
});

test("a program of the house sends and asks without HTTP, by the same types", {
  skip,
}, async () => {
  const lpn = await isGraded("L-3");
  const desk: Identity = { tenant: "default", partner: "erp", actor: "desk", scopes: ["*"] };
  const wanted = { lpn, seamstress: "Amira", work: "sew the hem" };
  // @ts-expect-error: nobody is called 7
  const odd = selvedge.execute("repairs.sendToRepair", { ...wanted, seamstress: 7 }, desk);
  await rejects(odd, { code: "BAD_INPUT" });

  const { data: sent, receipt } = await selvedge.execute("repairs.sendToRepair", wanted, desk);
  const asked = { atLeast: receipt, deadlineMs: 5_000 };
  const { data } = await selvedge.ask("repairs.repairBoard", { lpn }, desk, asked);
  const seen = data.rows.map(({ repairId, status }) => ({ repairId, status }));
  deepStrictEqual(seen, [{ ...sent, status: "out" }]);
});

test("no garment is with two seamstresses", { skip }, async () => {
  const lpn = await isGraded("L-2");
  await client.repairs.sendToRepair({ lpn, seamstress: "Amira", work: "sew the hem" });
  // Selvedge's own command takes it back; the seamstress has not said that she is done.
  await client.garments.completeRework({ lpn, result: "unknown" });
  await client.garments.gradeGarment({ lpn, grade: "B", defects: [] });
  const again = client.repairs.sendToRepair({ lpn, seamstress: "Bruno", work: "a button" });
  await rejects(again, { reason: "repair-open" });
});

test("nobody finishes a repair that there is not", { skip }, async () => {
  const repairId = "6c2f7b64-6d6e-4f0c-9a53-0f1b7c1a2b3c";
  const finishing = client.repairs.finishRepair({ repairId, result: "hem sewn" });
  await rejects(finishing, { code: "REFUSED", reason: "repair-unknown" });
});
