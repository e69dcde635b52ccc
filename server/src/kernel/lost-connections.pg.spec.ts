import { expect, test } from "vitest";
import { startSelvedge } from "../../../test/harness/selvedge.ts";

test("a refresher whose connections are cut while it rests goes on", async () => {
  const it = await startSelvedge();
  try {
    await it.client.catalogue.registerVariant({ sku: "A" });
    const broken: unknown[] = [];
    const hear = (error: unknown) => broken.push(error);
    process.on("uncaughtException", hear);
    for (let round = 0; round < 3; round += 1) {
      const cut = await it.database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
         and application_name like 'selvedge%'`,
      );
      expect(cut.length).toBeGreaterThan(2);
      await it.client.stock.addBatch({ ref: `B-${round}`, sku: "A", qty: 1 });
      const { data } = await it.client.stock.sellableAvailability({ sku: "A" });
      expect(data.rows.map(({ onHand }) => onHand)).toEqual([round + 1]);
    }
    process.off("uncaughtException", hear);
    expect(broken).toEqual([]);
  } finally {
    await it.stop();
  }
});
