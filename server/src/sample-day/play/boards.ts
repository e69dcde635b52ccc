import type { SampleDayClient } from "../sample-day-client.ts";

/** What the boards show that somebody still has to do, in one line. */
export async function tellBoards(client: SampleDayClient): Promise<string> {
  const { bins, inbound, orders, shipments, waves } = client;
  const intake = await all(inbound.intakeQueue.rows({}, asOfNow));
  const returning = { stage: ["received", "graded"] } as const;
  const returns = await all(inbound.returnsPipeline.rows(returning, asOfNow));
  const running = await all(waves.waveBoard.rows({ status: "released" }, asOfNow));
  const waitsFor = ["label", "handOver", "release"] as const;
  const waiting = await all(shipments.packAndShipQueue.rows({ waitsFor }, asOfNow));
  const { data } = await orders.orderTotals({}, asOfNow);
  const backordered = data.byStatus.find(({ status }) => status === "backordered");
  const uncounted = { countState: ["due", "counting"] } as const;
  const toCount = await all(bins.binContents.rows(uncounted, asOfNow));
  const open = intake.filter(({ status }) => status !== "closed").length;
  const ungraded = intake.reduce((sum, one) => sum + one.ungraded, 0);
  const tasks = running.reduce((sum, one) => sum + one.open, 0);
  return [
    some(open, "open inbound"),
    `${some(ungraded, "piece")} to grade`,
    `${some(returns.length, "return")} in work`,
    `${some(new Set(toCount.map(({ bin }) => bin)).size, "bin")} to count`,
    `${some(tasks, "pick")} left in ${some(running.length, "wave")}`,
    `${some(waiting.length, "parcel")} waiting`,
    some(backordered?.orders ?? 0, "backordered order"),
  ].join(", ");
}

// Whoever is asked for a summary is not told an old one.
const asOfNow = { maxStaleMs: 0, onMiss: "live" } as const;

function some(count: number, of: string): string {
  return `${count.toLocaleString("en-US")} ${of}${count === 1 ? "" : "s"}`;
}

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}
