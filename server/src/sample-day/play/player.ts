import type { Answer } from "../../import/import-client.ts";
import { forEachInFlight } from "../../import/in-flight.ts";
import { type Outcome, sendCommand } from "../../import/send-command.ts";
import type { Planning, SampleCommand, Script } from "../plan/planning.ts";
import type { CommandPath, DataOf, InputOf, SampleDayClient } from "../sample-day-client.ts";
import { OrderDesk } from "./order-desk.ts";
import { beginReport, count, type SampleDayReport, type Tally } from "./report.ts";

/** How far the day is. */
export interface SampleDayProgress {
  step: string;
  commands: number;
}

/** Where the day is played, and how. */
export interface PlayerOptions {
  /** The client of somebody who works in the house: each has their own. */
  readonly clientOf: (name: string) => SampleDayClient;
  /** How many commands of one step are sent at once. */
  readonly concurrency: number;
  readonly onProgress: ((progress: SampleDayProgress) => void) | undefined;
  /** Ends the day early; it goes on where it was when it is played again. */
  readonly signal: AbortSignal | undefined;
}

type Send<Path extends CommandPath> = (
  input: InputOf<Path>,
  options: { commandId: string; signal: AbortSignal | undefined },
) => Promise<Answer<DataOf<Path>>>;

// Others on the same thing are done soon; who meets them again and again is told.
const lookAgainMax = 5;

/** Sends the commands of the day, and keeps account of what came of them. */
export class Player {
  readonly planning: Planning;
  readonly report: SampleDayReport;
  readonly desk = new OrderDesk();
  readonly #options: PlayerOptions;
  readonly #clients = new Map<string, SampleDayClient>();
  #commands = 0;
  #step = "";

  constructor(planning: Planning, options: PlayerOptions) {
    this.planning = planning;
    this.#options = options;
    this.report = beginReport(planning.day);
  }

  /** Fires when the day is to end early. */
  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** The client of somebody who works in the house. */
  clientOf(name: string): SampleDayClient {
    const known = this.#clients.get(name) ?? this.#options.clientOf(name);
    this.#clients.set(name, known);
    return known;
  }

  /** Does something with each item, with some of them at once, before the next step begins. */
  step<Item>(
    name: string,
    items: readonly Item[],
    each: (item: Item, at: number) => Promise<unknown>,
    atOnce: number = this.#options.concurrency,
  ): Promise<void> {
    this.#step = name;
    return forEachInFlight(items.entries(), { concurrency: atOnce }, async ([at, item]) => {
      await each(item, at);
    });
  }

  /** Plans a command that follows from answers, and sends it. */
  do<Path extends CommandPath>(
    as: string,
    path: Path,
    about: string,
    input: InputOf<Path>,
  ): Promise<Outcome<DataOf<Path>>> {
    return this.send(this.planning.command(as, path, about, input));
  }

  /** Sends commands one after the other; what is refused stops none of those behind it. */
  async run(script: Script): Promise<void> {
    for (const command of script) await this.send(command);
  }

  /** Sends a command, again where others have changed the same thing in between. */
  async send<Path extends CommandPath>({
    as,
    path,
    commandId,
    input,
  }: SampleCommand<Path>): Promise<Outcome<DataOf<Path>>> {
    const call = callOf(this.clientOf(as), path);
    const { signal } = this;
    const send = () => sendCommand(() => call(input, { commandId, signal }));
    signal?.throwIfAborted();
    let outcome = await send();
    for (let again = 1; again < lookAgainMax && metOthers(outcome); again += 1) {
      outcome = await send();
    }
    const { report } = this;
    report[outcome.state] += 1;
    if (outcome.state === "refused") {
      report.refusals[outcome.reason] = (report.refusals[outcome.reason] ?? 0) + 1;
    } else count(report, { path, input, data: outcome.data });
    this.#commands += 1;
    this.#options.onProgress?.({ step: this.#step, commands: this.#commands });
    return outcome;
  }

  /** Counts what the commands alone do not tell. */
  tally(what: Tally, by = 1): void {
    this.report.tallies[what] += by;
  }
}

function callOf<Path extends CommandPath>(client: SampleDayClient, path: Path): Send<Path> {
  const [module = "", name = ""] = path.split(".");
  const modules = client as unknown as Record<string, Record<string, Send<Path>> | undefined>;
  const call = modules[module]?.[name];
  if (!call) throw new TypeError(`the client has no ${path}`);
  return call;
}

function metOthers(outcome: Outcome<unknown>): boolean {
  return outcome.state === "refused" && outcome.reason === "changed-in-between";
}
