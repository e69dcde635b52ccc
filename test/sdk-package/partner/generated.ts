/* What a generator writes for a server with modules of its own, in short. */
import type {
  Queries,
  Commands as SelvedgeCommands,
  ReadModelFacts as SelvedgeFacts,
  Modules as SelvedgeModules,
} from "@selvedge/sdk";
import {
  type Client,
  type CommandCall,
  type CommandOptions,
  clientOf,
  type ProcedureShape,
  procedures,
} from "@selvedge/sdk/generated";
import { memoryStore, OfflineQueue } from "@selvedge/sdk/offline";
import { fakeSelvedge } from "@selvedge/sdk/testing";

interface Facts extends SelvedgeFacts {
  repairBoard: { key: { repairId: string }; row: { repairId: string; status: string } };
}
interface RepairsModule {
  sew(
    input: { lpn: string },
    options?: CommandOptions<Facts>,
  ): CommandCall<{ repairId: string }, "repair-open">;
}
interface Modules extends SelvedgeModules {
  readonly repairs: RepairsModule;
}
interface Commands extends SelvedgeCommands {
  "repairs.sew": { input: { lpn: string }; data: { repairId: string }; refusal: "repair-open" };
}
const withSewing: Readonly<Record<string, ProcedureShape>> = {
  ...procedures,
  "repairs.sew": { kind: "command", paged: false, repeatable: true },
};

type Selvedge = Client<Modules, Commands, Facts>;
const Selvedge = clientOf<Modules, Commands, Facts>({
  procedures: withSewing,
  contractHash: "0123456789",
});

/** Sews in each way that a command can be sent, and answers how each went. */
export async function sewing(baseUrl: string): Promise<string[]> {
  const selvedge: Selvedge = new Selvedge({ baseUrl });
  const columns = { status: "done" };
  const facts = [{ readModel: "repairBoard", key: { repairId: "1" }, columns }] as const;
  const { data } = await selvedge.repairs.sew({ lpn: "L-1" }, { basedOn: { facts } });
  const told: string[] = [data.repairId];
  const commands = [
    { command: "repairs.sew", input: { lpn: "L-1" }, basedOn: { facts } },
    { command: "garments.putAway", input: { lpn: "L-1", bin: "A-1" } },
  ] as const;
  for await (const one of selvedge.bulk(commands)) {
    if (one.outcome === "refused") told.push(one.error.reason ?? "");
  }
  const queue = new OfflineQueue<Commands, Facts>(selvedge, { store: memoryStore() });
  await queue.put("repairs.sew", { lpn: "L-1" }, { basedOn: { facts } });
  const fake = fakeSelvedge<Commands & Queries>({ procedures: withSewing });
  fake.answers("repairs.sew", { repairId: "1" }).refuses("repairs.sew", "repair-open");
  await queue.put("garments.putAway", { lpn: "L-1", bin: "A-1" });
  return told;
}
