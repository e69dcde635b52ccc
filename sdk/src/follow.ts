import type { FollowOptions } from "./calls.ts";
import { isSelvedgeError } from "./errors.ts";
import { readStream } from "./event-stream.ts";
import { pause } from "./retry.ts";

interface FeedEvent {
  readonly position: string;
}

/** An answer of a feed's query. */
export interface FeedPage {
  readonly events: readonly FeedEvent[];
  readonly position: string;
  readonly caughtUp: boolean;
}

/** How a feed is followed. */
export interface FeedLine {
  /** Has the server tell what comes after a position; undefined where no stream is answered. */
  open(input: object, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Asks the feed's query. */
  ask(input: object, signal: AbortSignal | undefined): Promise<FeedPage>;
}

/** One step in the feed: an event, or a place behind what was not wanted. */
interface Step {
  readonly position: string;
  readonly event?: FeedEvent;
  readonly caughtUp?: boolean;
}

type Follow = (
  input: object,
  line: FeedLine,
  signal: AbortSignal | undefined,
) => AsyncGenerator<Step, void, undefined>;

// The server says something at once, and then every 15 s.
const feedPatience = { firstByteMsMax: 10_000, silenceMsMax: 40_000 };
const firstPauseMs = 100;
const pauseMsMax = 5_000;
// Where streams do not come through, asking serves, and now and then a stream is tried again.
const askEveryMs = 1_000;
const streamAgainMs = 30_000;
// What cuts every stream cuts it sooner.
const soundMs = 5_000;

/**
 * Every event after a position, one after the other, for ever: told by the server as it happens,
 * taken up from the last one wherever the line is cut, and asked for where no stream can be had.
 * Ends when the signal fires; throws what another attempt would not mend.
 */
export async function* follow(
  input: { after?: string | undefined },
  { signal, onCaughtUp }: FollowOptions,
  line: FeedLine,
): AsyncGenerator<FeedEvent, void, undefined> {
  let { after } = input;
  let way: Follow = streamed;
  let failures = 0;
  let misses = 0;
  let streamAt = 0;
  while (!signal?.aborted) {
    const begunAt = performance.now();
    const from = after;
    let boundMs = askEveryMs;
    try {
      let steps = 0;
      for await (const { position, event, caughtUp } of way({ ...input, after }, line, signal)) {
        steps++;
        after = position;
        if (event) yield event;
        if (caughtUp) onCaughtUp?.(position);
        if (signal?.aborted) return;
      }
      const now = performance.now();
      if (way === asked) {
        if (now >= streamAt) way = streamed;
      } else if (steps > 0) {
        misses = 0;
        failures = after !== from || now - begunAt > soundMs ? 0 : failures + 1;
        boundMs = firstPauseMs * 2 ** failures;
      } else {
        // Asking says why there was none, if it is not the way there that takes no streams.
        way = asked;
        streamAt = ++misses > 1 ? now + streamAgainMs : 0;
        boundMs = 0;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!isSelvedgeError(error) || !error.retryable) throw error;
      way = streamed;
      boundMs = firstPauseMs * 2 ** ++failures;
    }
    await pause(Math.random() * Math.min(pauseMsMax, boundMs), signal).catch(() => undefined);
  }
}

async function* streamed(...[input, line, signal]: Parameters<Follow>): ReturnType<Follow> {
  const open = (ending: AbortSignal) => line.open(input, ending);
  for await (const { event: type, id, data } of readStream(open, feedPatience, signal)) {
    if (data !== undefined) {
      const event = JSON.parse(data) as FeedEvent;
      yield { position: event.position, event };
    } else if (id !== undefined) yield { position: id, caughtUp: type === "caught-up" };
  }
}

async function* asked(...[input, line, signal]: Parameters<Follow>): ReturnType<Follow> {
  let next: object = { ...input, limit: 500 };
  for (;;) {
    const { events, position, caughtUp } = await line.ask(next, signal);
    for (const event of events) yield { position: event.position, event };
    yield { position, caughtUp };
    if (caughtUp) return;
    next = { ...next, after: position };
  }
}
