import type { SelvedgeState } from "../../host/lifecycle.ts";
import type { Selvedge } from "../../selvedge.ts";

/**
 * Selvedge, to be injected: `constructor(selvedge: SelvedgeService)`. It starts with the
 * application and stops with it.
 */
export class SelvedgeService {
  /** Sends a command. */
  readonly execute: Selvedge["execute"];
  /** Asks a query. */
  readonly ask: Selvedge["ask"];
  /** Tells of events of the journal. */
  readonly on: Selvedge["on"];
  /** Says what is done with the host's own events of a type. */
  readonly onHostEvent: Selvedge["onHostEvent"];
  /** Takes an event of the host's bus. */
  readonly takeHostEvent: Selvedge["takeHostEvent"];
  readonly #selvedge: Selvedge;

  constructor(selvedge: Selvedge) {
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
