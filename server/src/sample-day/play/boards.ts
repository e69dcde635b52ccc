import type { SampleDayClient } from "../sample-day-client.ts";

/** What the boards show that somebody still has to do, in one line. */
export async function tellBoards(client: SampleDayClient): Promise<string> {
  const { bins, inbound, orders, shipments, waves } = client;
  const intake = await all(inbound.intakeQueue.rows());
  const returns = await all(inbound.returnsPipeline.rows({ stage: ["received", "graded"] }));
  const running = await all(waves.waveBoard.rows({ status: "released" }));
  const waiting = await all(
    shipments.packAndShipQueue.rows({ waitsFor: ["label", "handOver", "release"] }),
  );
  const { data } = await orders.orderTotals();
  const backordered = data.byStatus.find(({ status }) => status === "backordered");
  const due = await all(bins.binContents.rows({ countState: ["due", "counting"] }));
  const open = intake.filter(({ status }) => status !== "closed").length;
  const ungraded = intake.reduce((sum, one) => sum + one.ungraded, 0);
  const tasks = running.reduce((sum, one) => sum + one.open, 0);
  return [
    `${open} inbounds open, ${ungraded} pieces to grade`,
    `${returns.length} returns in work`,
    `${new Set(due.map(({ bin }) => bin)).size} bins to count`,
    `${running.length} waves on the floor with ${tasks} picks left`,
    `${waiting.length} parcels waiting`,
    `${backordered?.orders ?? 0} orders backordered`,
  ].join(", ");
}

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}
