/* What a partner writes for a scanner that has no network between the racks. */
import { Selvedge } from "@selvedge/sdk";
import {
  memoryStore,
  OfflineQueue,
  type Outcome,
  type QueueChange,
  type QueuedCommand,
  type QueueState,
  type QueueStore,
} from "@selvedge/sdk/offline";
import { fileStore } from "@selvedge/sdk/offline/file";
import { indexedDbStore } from "@selvedge/sdk/offline/indexed-db";

/** Every place where commands can be kept. */
export const stores: QueueStore[] = [
  memoryStore(),
  fileStore("/var/lib/scanner/queue"),
  indexedDbStore({ name: "floor" }),
];

/** Puts a piece away, now or later, and tells what became of it. */
export async function putAway(selvedge: Selvedge, store: QueueStore): Promise<string> {
  const queue = new OfflineQueue(selvedge, { store, onRefused: "continue", entriesMax: 500 });
  queue.start();
  const end = queue.subscribe((change: QueueChange) => show(change, queue.state));
  const kept = await queue.put("garments.putAway", { lpn: "L-1", bin: "A-1" }, { group: "L-1" });
  const lpn: string = kept.input.lpn;
  const outcome: Outcome = await queue.outcome(kept.commandId);
  if (outcome.state === "refused") await queue.retry(kept.commandId);
  for await (const change of queue.changes()) if (change.type === "applied") break;
  end();
  await queue.stop();
  return outcome.state === "applied" ? `${lpn} ${outcome.receipt}` : (outcome.error.reason ?? lpn);
}

function show(change: QueueChange, { pending, refused, trouble }: QueueState): string {
  const [first]: readonly QueuedCommand[] = pending;
  const bin = first?.path === "garments.putAway" ? first.input.bin : "";
  return `${change.type} ${bin} ${refused.length} ${trouble?.code}`;
}

/** What the compiler has to refuse. */
export async function mistakes(queue: OfflineQueue): Promise<void> {
  // @ts-expect-error: a query is nothing to keep
  await queue.put("orders.orderBoard", {});
  // @ts-expect-error: where to
  await queue.put("garments.putAway", { lpn: "L-1" });
  // @ts-expect-error: no such place for commands
  new OfflineQueue(new Selvedge({ baseUrl: "" }), { store: "here" });
}
