import { isSelvedgeError, Selvedge, type SendToRepairRefusal } from "./src/sdk.gen.ts";

const selvedge = new Selvedge({ baseUrl: process.env.SELVEDGE_URL ?? "http://127.0.0.1:4000" });

// A garment comes in and is graded, by Selvedge's own commands.
const lpn = `LPN-${Date.now()}`;
await selvedge.catalogue.registerVariant({ sku: "TEE" });
const { data: inbound } = await selvedge.inbound.announceInbound({
  ...{ source: "sellers", ref: lpn, kind: "seller" },
  lines: [{ sku: "TEE", qty: 1 }],
});
await selvedge.inbound.receivePiece({ ...inbound, line: 1, lpn });
await selvedge.garments.gradeGarment({ lpn, grade: "B", defects: [] });

const wanted = { lpn, seamstress: "Amira", work: "sew the hem" };
const { data: sent } = await selvedge.repairs.sendToRepair(wanted);
const board = await selvedge.repairs.repairBoard({ lpn });
console.log(board.data.rows[0]?.garmentStatus, `${board.freshness.lagMs} ms behind`);

try {
  await selvedge.repairs.sendToRepair(wanted);
} catch (error) {
  if (!isSelvedgeError<SendToRepairRefusal>(error)) throw error;
  console.log(error.reason);
}
await selvedge.repairs.finishRepair({ ...sent, result: "hem sewn" });
console.log((await selvedge.repairs.repairBoard({ lpn })).data.rows[0]?.status);
