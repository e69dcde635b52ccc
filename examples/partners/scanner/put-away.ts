/*
 * A hand scanner: each line of the input is a piece and the bin that it was put into, as its
 * scanner types them ("LPN-000017 A-01-3"). There may be no network.
 *
 * node --conditions=selvedge-source examples/partners/scanner/put-away.ts <queue file>
 */
import { createInterface } from "node:readline";
import { isSelvedgeError, Selvedge } from "@selvedge/sdk";
import { OfflineQueue, type QueueChange } from "@selvedge/sdk/offline";
import { fileStore } from "@selvedge/sdk/offline/file";

const [, , file = "scanner.queue"] = process.argv;
const selvedge = new Selvedge({
  baseUrl: process.env.SELVEDGE_URL ?? "http://127.0.0.1:4000",
  apiKey: process.env.SELVEDGE_API_KEY,
});
const queue = new OfflineQueue(selvedge, { store: fileStore(file) });
await queue.ready();
for (const { input } of queue.state.pending) console.log("waits from before", input);
queue.subscribe((change) => console.log(wordsOf(change)));
queue.start();

for await (const line of createInterface(process.stdin)) {
  const [lpn, bin] = line.trim().split(/\s+/);
  if (lpn && bin) await putAway(lpn, bin);
}
const { pending, held, refused, trouble } = await queue.send();
await queue.stop();
console.log(`${pending.length + held.length} wait, ${refused.length} refused`, trouble?.code ?? "");

/** Keeps one scan. Scanned again, a piece that was refused at one bin has been put into another. */
async function putAway(lpn: string, bin: string): Promise<void> {
  const before = queue.state.refused.find(({ command }) => command.group === lpn);
  const insteadOf = before?.command.commandId;
  try {
    await queue.put("garments.putAway", { lpn, bin }, { group: lpn, insteadOf });
  } catch (error) {
    if (!isSelvedgeError(error)) throw error;
    console.log(`NOT KEPT, scan it again: ${lpn} (${error.message})`);
  }
}

/** What the scanner's screen says of a change. */
function wordsOf(change: QueueChange): string {
  if (change.type === "trouble")
    return change.trouble ? `no way: ${change.trouble.code}` : "online";
  const { group } = change.command;
  if (change.type !== "refused") return `${change.type} ${group}`;
  const { reason, message } = change.outcome.error;
  return `refused ${group}: ${reason ?? message}`;
}
