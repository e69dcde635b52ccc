import type { CountedCommands } from "./counted-commands.ts";
import { derivedCommandId } from "./derived-command-id.ts";
import type { Answer, ImportClient, SendOptions } from "./import-client.ts";
import type { CommandName } from "./import-report.ts";
import type { OrdersMapping } from "./mapping.ts";
import type { Outcome } from "./send-command.ts";

/** The user wants the import to stop; what was sent stays. */
export class ImportInterrupted extends Error {
  override readonly name = "ImportInterrupted";
}

const keyMax = 100;

/** Sends commands that follow from facts of one mapping's source, each under the id of its fact. */
export class FactSender {
  readonly mapping: OrdersMapping;
  readonly #client: ImportClient;
  readonly #commands: CountedCommands;
  readonly #signal: AbortSignal | undefined;

  constructor(
    client: ImportClient,
    commands: CountedCommands,
    { mapping, signal }: { mapping: OrdersMapping; signal?: AbortSignal | undefined },
  ) {
    this.mapping = mapping;
    this.#client = client;
    this.#commands = commands;
    this.#signal = signal;
  }

  /** Sends the command that this fact means; throws instead once the user wants to stop. */
  send<Data>(
    name: CommandName,
    fact: readonly string[],
    call: (client: ImportClient, options: SendOptions) => Promise<Answer<Data>>,
  ): Promise<Outcome<Data>> {
    if (this.#signal?.aborted) throw new ImportInterrupted("stopped by its user");
    const commandId = derivedCommandId(this.mapping.name, name, ...fact);
    return this.#commands.send(name, () => call(this.#client, { commandId }));
  }

  /** A name that the warehouse gives to what a source leaves nameless; the same in every run. */
  keyFor(...parts: readonly string[]): string {
    const readable = parts.join("/");
    if (readable.length <= keyMax) return readable;
    return `import/${derivedCommandId(this.mapping.name, ...parts)}`;
  }
}
