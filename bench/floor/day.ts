import { isSelvedgeError, type Selvedge } from "@selvedge/sdk";
import { Floor, type Step } from "./floor.ts";
import { inboundSteps } from "./inbound-steps.ts";
import { outboundSteps } from "./outbound-steps.ts";
import { sideSteps } from "./side-steps.ts";

/** One command of a floor's day, done or refused. */
export interface Done {
  readonly kind: string;
  readonly tookMs: number;
  /** The transaction that it was applied in; undefined where it was refused. */
  readonly xid: string | undefined;
  readonly refused: string | undefined;
}

const steps: Readonly<Record<string, Step>> = { ...inboundSteps, ...outboundSteps, ...sideSteps };
const total = Object.values(steps).reduce((sum, { weight }) => sum + weight, 0);

/**
 * A day on one floor of the warehouse, command by command: always the one that is due the most, by
 * how often each is done, of those that can be done now. The same floor does the same each time.
 */
export class Day {
  readonly #floor: Floor;
  readonly #client: Selvedge;
  readonly #due = new Map<string, number>();

  constructor(floor: number, client: Selvedge) {
    this.#floor = new Floor(floor);
    this.#client = client;
  }

  /** Sends the next command. Throws what went wrong; a refusal is an answer. */
  async next(): Promise<Done> {
    const [kind, step] = this.#choose();
    const begun = performance.now();
    const tookMs = () => performance.now() - begun;
    try {
      const { receipt } = await step.send(this.#floor, this.#client);
      return { kind, tookMs: tookMs(), xid: receipt.split(".")[2] ?? "", refused: undefined };
    } catch (error) {
      if (!isSelvedgeError(error) || error.code !== "REFUSED") {
        throw new Error(`${kind} failed`, { cause: error });
      }
      return { kind, tookMs: tookMs(), xid: undefined, refused: error.reason ?? "" };
    }
  }

  #choose(): [string, Step] {
    let chosen: [string, Step] | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const [kind, step] of Object.entries(steps)) {
      // What could not be done for long is not all made up for.
      const due = Math.min((this.#due.get(kind) ?? 0) + step.weight, total);
      this.#due.set(kind, due);
      if (due > most && step.ready(this.#floor)) {
        chosen = [kind, step];
        most = due;
      }
    }
    if (!chosen) throw new Error("There is nothing to do.");
    this.#due.set(chosen[0], most - total);
    return chosen;
  }
}
