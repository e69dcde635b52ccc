/* What a partner of the extended host writes, with the SDK that the host gives them. */
import {
  isSelvedgeError,
  Selvedge,
  type SendToRepairRefusal,
} from "../../../examples/hosts/extended/src/sdk.gen.ts";

const notices: string[] = [];
const selvedge = new Selvedge({
  baseUrl: process.env.SELVEDGE_URL ?? "",
  onNotice: (notice) => notices.push(notice),
});
const tell = (told: object) => console.log(JSON.stringify(told));

await selvedge.catalogue.registerVariant({ sku: "TEE" });
const lines = [{ sku: "TEE", qty: 2 }];
const wanted = { source: "sellers", ref: "S-1", kind: "seller", lines } as const;
const { data: inbound } = await selvedge.inbound.announceInbound(wanted);
for (const lpn of ["L-1", "L-2"]) {
  await selvedge.inbound.receivePiece({ ...inbound, line: 1, lpn });
  await selvedge.garments.gradeGarment({ lpn, grade: "B", defects: [] });
}

const sewing = { seamstress: "Amira", work: "sew the hem" };
const { data: sent, receipt } = await selvedge.repairs.sendToRepair({ lpn: "L-1", ...sewing });
const board = await selvedge.repairs.repairBoard({ lpn: "L-1" });
tell({ sent: board.data.rows.map(({ status, garmentStatus }) => [status, garmentStatus]) });
tell({ included: board.freshness.includesReceipt, receipt });

try {
  await selvedge.repairs.sendToRepair({ lpn: "L-1", ...sewing });
} catch (error) {
  if (!isSelvedgeError<SendToRepairRefusal>(error)) throw error;
  tell({ refused: error.reason });
}

// What was seen of a read model of the host's own goes with a command of Selvedge's and of its.
const columns = { status: "out" } as const;
const facts = [{ readModel: "repairBoard", key: sent, columns }] as const;
const finished = await selvedge.repairs.finishRepair(
  { ...sent, result: "hem sewn" },
  { basedOn: { facts, freshness: board.freshness } },
);
tell({ finished: finished.data });

const commands = [
  { command: "repairs.sendToRepair", input: { lpn: "L-2", ...sewing } },
  { command: "repairs.finishRepair", input: { ...sent, result: "again" } },
] as const;
for await (const one of selvedge.bulk(commands)) {
  tell({ bulk: one.command.command, outcome: one.outcome });
}
for await (const { lpn, status, result } of selvedge.repairs.repairBoard.rows()) {
  tell({ lpn, status, result });
}
for await (const { type, position } of selvedge.journal.events.follow({ kinds: ["RepairJob"] })) {
  tell({ type, at: typeof position });
  if (type === "RepairFinished") break;
}
tell({ notices });
