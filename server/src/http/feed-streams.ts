import type { Socket } from "node:net";
import type { Response } from "express";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";

/** One reader who is told of events for as long as they stay. */
export interface FeedStream {
  readonly res: Response;
  readonly engine: Engine;
  /** Fires when the reader is gone, or the server is about to be. */
  readonly ending: AbortSignal;
}

interface Kept extends FeedStream {
  readonly end: () => void;
}

// Hosts wait for their requests before they stop; those who follow must not make them wait.
const lookMs = 200;

/** The streams of this process: not too many of them, and none that outlives its server. */
export class FeedStreams {
  readonly #max: number;
  readonly #isServing: (engine: Engine) => boolean;
  readonly #streams = new Set<Kept>();
  #timer: NodeJS.Timeout | undefined;

  constructor(max: number, isServing: (engine: Engine) => boolean) {
    this.#max = max;
    this.#isServing = isServing;
  }

  /** Runs a stream to its end. Refuses where there are as many as this process takes. */
  async run(
    res: Response,
    engine: Engine,
    tell: (stream: FeedStream) => Promise<void>,
  ): Promise<void> {
    if (this.#streams.size >= this.#max) {
      res.setHeader("retry-after", "5");
      throw new Fault("UNAVAILABLE", `This process tells the feed to ${this.#max} already.`, {
        hint: "Come again, or ask journal.events, which has no such bound.",
      });
    }
    const ending = new AbortController();
    const stream: Kept = { res, engine, ending: ending.signal, end: () => ending.abort() };
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => this.#look(), lookMs).unref();
    res.once("close", stream.end);
    try {
      await tell(stream);
    } finally {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  #look(): void {
    for (const { res, engine, end } of this.#streams) {
      if (!this.#isServing(engine) || isClosing(res)) end();
    }
  }
}

/** Whether the server that a request came through takes no more: `close` was called on it. */
function isClosing({ socket }: Response): boolean {
  const { server } = (socket ?? {}) as Socket & { server?: { listening?: boolean } };
  return server?.listening === false;
}
