/*
 * A scanner in a process of its own, to be killed: it puts commands into a file and tells which are
 * kept, or sends those that are there.
 *
 * node --conditions=selvedge-source scanner-process.ts put|send <file> <baseUrl>
 */
import { Selvedge } from "@selvedge/sdk";
import { OfflineQueue } from "@selvedge/sdk/offline";
import { fileStore } from "@selvedge/sdk/offline/file";

const [, , task, file = "", baseUrl = ""] = process.argv;
const selvedge = new Selvedge({ baseUrl });
const queue = new OfflineQueue(selvedge, { store: fileStore(file), entriesMax: 1_000_000 });

if (task === "send") {
  queue.start();
  console.log("started");
} else {
  for (let n = 1; ; n += 1) {
    const kept = await queue.put("garments.putAway", { lpn: `${process.pid}-${n}`, bin: "A-1" });
    console.log(kept.commandId);
  }
}
