import type { SelvedgeState } from "../../host/lifecycle.ts";
import type { Procedures } from "../../host/paths.ts";
import type { Selvedge } from "../../selvedge.ts";

/**
 * Selvedge, to be injected: `constructor(selvedge: SelvedgeService)`. It starts with the
 * application and stops with it.
 */
export class SelvedgeService<All extends Procedures = Procedures> {
  /** Sends a command. */
  readonly execute: Selvedge<All>["execute"];
  /** Asks a query. */
  readonly ask: Selvedge<All>["ask"];
  /** Tells of events of the journal. */
  readonly on: Selvedge<All>["on"];
  /** Says what is done with the host's own events of a type. */
  readonly onHostEvent: Selvedge<All>["onHostEvent"];
  /** Takes an event of the host's bus. */
  readonly takeHostEvent: Selvedge<All>["takeHostEvent"];
  readonly #selvedge: Selvedge<All>;

  constructor(selvedge: Selvedge<All>) {
    this.#selvedge = selvedge;
    this.execute = selvedge.execute;
    this.ask = selvedge.ask;
    this.on = selvedge.on;
    this.onHostEvent = selvedge.onHostEvent;
    this.takeHostEvent = selvedge.takeHostEvent;
  }

  /** How it stands just now, and why. */
  get state(): SelvedgeState {
    return this.#selvedge.state;
  }
}
