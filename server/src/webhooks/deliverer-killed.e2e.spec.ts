import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { TestDatabase } from "../../../test/harness/database.ts";
import { ownCluster } from "../../../test/harness/own-cluster.ts";
import { startDelivererProcess } from "../../../test/harness/processes.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { startReceiver, take } from "./receiver.fixture.ts";

/* A process that delivers is killed with a message in the receiver's hands. */

let database: TestDatabase;
let house: TestSelvedge;
beforeAll(async () => {
  database = await ownCluster();
  const roles = ["command", "query", "admin"] as const;
  house = await startSelvedge({ roles, webhooks: { allowPrivate: true } }, database);
});
afterAll(async () => {
  await house?.stop();
  await database?.drop();
});

const heldAt = 7;

test("another goes on, and repeats the one message that nobody heard of", async () => {
  const first = await startDelivererProcess(database.url);
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  // The eighth is taken, and nobody hears of it.
  receiver.react((response, received) => {
    if (receiver.received.length <= heldAt) take(response, received);
  });
  const { position } = await house.client.webhooks.subscribe({
    url: receiver.url,
    types: ["VariantRegistered"],
  });
  const happen = (n: number) => house.client.catalogue.registerVariant({ sku: `S-${n}` });
  await happen(0);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 20_000);
  // The first one has the subscription, and keeps it while the second one starts.
  const second = await startDelivererProcess(database.url);
  onTestFinished(() => second.kill());
  for (let n = 1; n < 20; n += 1) await happen(n);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(heldAt + 1), 20_000);
  receiver.react(take);
  await first.kill();
  const { data } = await house.client.journal.events({
    ...{ after: position, types: ["VariantRegistered"], limit: 500 },
  });
  const wanted = data.events.map((event) => event.position.replaceAll(".", "_"));
  expect(wanted).toHaveLength(20);
  await vi.waitFor(() => expect(receiver.taken().at(-1)).toBe(wanted.at(-1)), 20_000);
  expect(receiver.received.map(({ id }) => id)).toEqual([
    ...wanted.slice(0, heldAt + 1),
    ...wanted.slice(heldAt),
  ]);
});
