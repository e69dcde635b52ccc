import { afterAll, beforeAll, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { openWriteSide, type WriteSide } from "../../../test/harness/write-side.ts";
import { defaultSchemas } from "./schemas.ts";
import { askVerification, runVerifications } from "./verify.ts";

let it: WriteSide;
beforeAll(async () => {
  it = await openWriteSide();
});
afterAll(() => it.end());

test("every row that differs is counted, in whichever column, though not every key is kept", async () => {
  await it.database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select 't', 'B-' || i, 'main', 'SKU-' || i, 'N', 5, 0, now() from generate_series(1, 1200) as i`,
  );
  await it.refresh();
  const readModel = "sellable_availability";
  const { parts } = await currentOf(it.database, readModel);
  await it.database.query(
    `update ${parts.rows} set on_hand = on_hand + (right(sku, 1) < '5')::int,
       reserved = reserved + (right(sku, 1) >= '5')::int`,
  );
  await askVerification(it.client, defaultSchemas, { readModel, sample: null, askedBy: "spec" });
  expect(await runVerifications(it.client, defaultSchemas)).toBe(1);
  const rows = await it.database.query(
    `select missing::int, extra::int, different::int, jsonb_array_length(keys) as keys, error
     from selvedge.verification`,
  );
  expect(rows).toEqual([{ missing: 0, extra: 0, different: 1_200, keys: 1_000, error: null }]);
});
