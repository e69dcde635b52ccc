import { once } from "node:events";
import type { Socket } from "node:net";
import type { Request, Response } from "express";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";

/** One reader who is told something by server-sent events for as long as they stay. */
export interface EventStream {
  readonly res: Response;
  readonly engine: Engine;
  /** Fires when the reader is gone, or the server is about to be. */
  readonly ending: AbortSignal;
}

interface Kept extends EventStream {
  readonly end: () => void;
}

// Hosts wait for their requests before they stop; those who follow must not make them wait.
const lookMs = 200;
// A reader who takes nothing for so long holds a place that another could have.
const drainMsMax = 60_000;

/** How many streams there may be of a kind, and what those are told who come too late. */
export interface StreamsOptions {
  readonly max: number;
  readonly isServing: (engine: Engine) => boolean;
  readonly full: { readonly message: string; readonly hint: string };
}

/** The streams of a kind in this process: not too many, and none that outlives its server. */
export class EventStreams {
  readonly #options: StreamsOptions;
  readonly #streams = new Set<Kept>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  /** Runs a stream to its end. Refuses where there are as many as this process takes. */
  async run(
    res: Response,
    engine: Engine,
    tell: (stream: EventStream) => Promise<void>,
  ): Promise<void> {
    const { max, full } = this.#options;
    if (this.#streams.size >= max) {
      res.setHeader("retry-after", "5");
      throw new Fault("UNAVAILABLE", full.message, { hint: full.hint });
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
      if (!this.#options.isServing(engine) || isClosing(res)) end();
    }
  }
}

/** Whether the server that a request came through takes no more: `close` was called on it. */
function isClosing({ socket }: Response): boolean {
  const { server } = (socket ?? {}) as Socket & { server?: { listening?: boolean } };
  return server?.listening === false;
}

/** Begins the answer of a stream, in a way in which proxies pass it on as it comes. */
export function beginStream(req: Request, res: Response): void {
  res.status(200);
  res.setHeader("content-type", "text/event-stream; charset=utf-8");
  // Proxies that compress or gather would hold events back.
  res.setHeader("cache-control", "no-store, no-transform");
  res.setHeader("x-accel-buffering", "no");
  if (req.httpVersionMajor === 1) res.setHeader("connection", "close");
  res.write("retry: 1000\n\n");
}

/** Writes, and waits until the reader has taken what was written before. */
export async function writeTo({ res, ending }: EventStream, text: string): Promise<void> {
  if (ending.aborted || res.write(text)) return;
  const late = AbortSignal.timeout(drainMsMax);
  try {
    await once(res, "drain", { signal: AbortSignal.any([ending, late]) });
  } catch (error) {
    if (!ending.aborted) res.destroy();
    if (!late.aborted && !ending.aborted) throw error;
  }
}

/** Ends a stream; whoever is still there comes back, and is told why not, or goes on. */
export function endStream(res: Response): void {
  if (res.writableNeedDrain) res.destroy();
  else res.end();
}
