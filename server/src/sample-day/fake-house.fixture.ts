import { derivedCommandId } from "../import/derived-command-id.ts";
import { failure } from "../import/fake-server.fixture.ts";
import { appRouter } from "../router.gen.ts";
import { fakeAnswers } from "./fake-answers.fixture.ts";
import { FakeStock } from "./fake-stock.fixture.ts";
import { FakeWaves } from "./fake-waves.fixture.ts";
import type { CommandPath, SampleDayClient } from "./sample-day-client.ts";

/** A command as the fake has got it. */
export interface SentCommand {
  readonly as: string;
  readonly path: string;
  readonly input: unknown;
  readonly commandId: string;
}

/** What of tRPC's procedures the fake reads: the shape of what they take. */
interface Procedure {
  readonly _def: { readonly inputs: readonly { parse(input: unknown): unknown }[] };
}

/**
 * For specs: a house that takes the commands of a day. It keeps command ids, checks inputs by the
 * server's own shapes, and answers what the day decides by; it guards next to nothing.
 * `before` runs ahead of each command and may throw in its place.
 */
export class FakeHouse {
  readonly sent: SentCommand[] = [];
  readonly stock = new FakeStock();
  readonly waves = new FakeWaves(this.stock);
  inFlight = 0;
  inFlightMax = 0;
  before: (command: SentCommand) => void | Promise<void> = () => {};
  readonly #stored = new Map<string, { body: string; data: unknown }>();
  readonly #answers = fakeAnswers(this.stock, this.waves);

  /** The client of somebody who works in the house. */
  clientOf = (as: string): SampleDayClient => {
    const command = (path: string) => (input: object, options: { commandId: string }) =>
      this.#take({ as, path, input, commandId: options.commandId });
    const module = (name: string) =>
      new Proxy({}, { get: (_none, command_) => command(`${name}.${String(command_)}`) });
    const waves = new Proxy(
      { pickList: { rows: this.waves.rows } },
      {
        get: (own: Record<string, unknown>, name) =>
          own[String(name)] ?? command(`waves.${String(name)}`),
      },
    );
    const client = { waves, receipts: () => [] };
    return new Proxy(client as Record<string, unknown>, {
      get: (own, name) => own[String(name)] ?? module(String(name)),
    }) as unknown as SampleDayClient;
  };

  /** How many commands of this path have arrived. */
  count(path: CommandPath): number {
    return this.sent.filter((command) => command.path === path).length;
  }

  async #take(command: SentCommand): Promise<{ data: unknown; repeated: boolean }> {
    this.inFlight += 1;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    try {
      await this.before(command);
      this.sent.push(command);
      return this.#answer(command);
    } finally {
      this.inFlight -= 1;
    }
  }

  #answer({ path, input, commandId }: SentCommand): { data: unknown; repeated: boolean } {
    const body = JSON.stringify([path, input]);
    const stored = this.#stored.get(commandId);
    if (stored && stored.body !== body) throw failure("COMMAND_ID_REUSED", "another body");
    if (stored) return { data: structuredClone(stored.data), repeated: true };
    const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>;
    for (const shape of procedures[path]?._def.inputs ?? []) shape.parse(input);
    const answer = this.#answers[path as CommandPath];
    const id = derivedCommandId("fake-house", commandId);
    const data = structuredClone(answer?.(input as never, id) ?? {});
    this.#stored.set(commandId, { body, data });
    return { data: structuredClone(data), repeated: false };
  }
}
