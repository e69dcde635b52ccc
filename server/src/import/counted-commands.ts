import type { Answer } from "./import-client.ts";
import type { CommandName, ImportReport } from "./import-report.ts";
import { type Outcome, SendingStopped, sendCommand } from "./send-command.ts";
import { Slots } from "./slots.ts";

/** After so many failures in a row it is the server that is at fault, not the commands. */
const serverFailuresMax = 20;

/** Sends commands, so many at once, and counts in the report what became of each. */
export class CountedCommands {
  readonly #report: ImportReport;
  readonly #slots: Slots;
  #serverFailures = 0;
  #stopped: unknown = null;

  /** At most `concurrency` commands are under way at once. */
  constructor(report: ImportReport, concurrency: number) {
    this.#report = report;
    this.#slots = new Slots(concurrency);
  }

  /** Sends one command; throws where it makes no sense to send another. */
  async send<Data>(name: CommandName, send: () => Promise<Answer<Data>>): Promise<Outcome<Data>> {
    const outcome = await this.#slots.run(() => this.#sendUnlessStopped(send));
    this.#report.commands[name][outcome.state] += 1;
    const failed = outcome.state === "refused" && outcome.code === "INTERNAL";
    this.#serverFailures = failed ? this.#serverFailures + 1 : 0;
    if (outcome.state === "refused" && this.#serverFailures >= serverFailuresMax)
      throw new SendingStopped(`the server fails on every command (${outcome.message})`);
    return outcome;
  }

  /** What waits for its turn behind a command that met no server need not find that out itself. */
  async #sendUnlessStopped<Data>(send: () => Promise<Answer<Data>>): Promise<Outcome<Data>> {
    if (this.#stopped !== null) throw this.#stopped;
    try {
      return await sendCommand(send);
    } catch (error) {
      this.#stopped ??= error;
      throw error;
    }
  }
}
