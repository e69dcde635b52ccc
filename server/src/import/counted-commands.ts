import type { Answer } from "./import-client.ts";
import type { CommandName, ImportReport } from "./import-report.ts";
import { type Outcome, SendingStopped, sendCommand } from "./send-command.ts";

/** After so many failures in a row it is the server that is at fault, not the commands. */
const serverFailuresMax = 20;

/** Sends commands and counts in the report what became of each. */
export class CountedCommands {
  readonly #report: ImportReport;
  #serverFailures = 0;

  constructor(report: ImportReport) {
    this.#report = report;
  }

  /** Sends one command; throws where it makes no sense to send another. */
  async send<Data>(name: CommandName, send: () => Promise<Answer<Data>>): Promise<Outcome<Data>> {
    const outcome = await sendCommand(send);
    this.#report.commands[name][outcome.state] += 1;
    const failed = outcome.state === "refused" && outcome.code === "INTERNAL";
    this.#serverFailures = failed ? this.#serverFailures + 1 : 0;
    if (outcome.state === "refused" && this.#serverFailures >= serverFailuresMax)
      throw new SendingStopped(`the server fails on every command (${outcome.message})`);
    return outcome;
  }
}
