import type { LiveOptions } from "./calls.ts";
import { isSelvedgeError } from "./errors.ts";
import { readStream } from "./event-stream.ts";
import { pause } from "./retry.ts";

/** How an answer that changes is followed. */
export interface LiveLine {
  /** Has the server tell the answer; undefined where no stream is answered. */
  open(signal: AbortSignal): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Asks for the whole answer. */
  ask(options: { signal: AbortSignal | undefined; timeoutMs: number }): Promise<object>;
}

type Fields = Readonly<Record<string, unknown>>;

// The server says something each second; who is shown the answer must not take it for news longer.
const patience = { firstByteMsMax: 2_000, silenceMsMax: 3_000 };
// Not in step with all others who lost the same server.
const askEveryMsMin = 700;
const askEveryMsMax = 1_000;
// What cuts every stream cuts it sooner.
const soundMs = 5_000;
// Where streams do not come through, asking serves, and now and then a stream is tried again.
const streamAgainMs = 30_000;

/**
 * An answer whenever it has changed, for ever: asked for once, which also says why if there is
 * none, then told by the server, and asked for again each second where nothing is told. Ends when
 * the signal fires; throws what another attempt would not mend.
 */
export async function* followLive(
  { signal, timeoutMs = 10_000, onFailure }: LiveOptions,
  line: LiveLine,
): AsyncGenerator<object, void, undefined> {
  let streamAt = 0;
  while (!signal?.aborted) {
    let isSound = false;
    try {
      let answer = (await line.ask({ signal, timeoutMs })) as Fields;
      if (signal?.aborted) return;
      yield answer;
      if (performance.now() >= streamAt) {
        const begunAt = performance.now();
        streamAt = begunAt + streamAgainMs;
        for await (const { data } of readStream((ending) => line.open(ending), patience, signal)) {
          if (data === undefined || signal?.aborted) continue;
          answer = withChanges(answer, JSON.parse(data) as Fields);
          streamAt = 0;
          yield answer;
        }
        isSound = streamAt === 0 && performance.now() - begunAt > soundMs;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!isSelvedgeError(error) || !error.retryable) throw error;
      onFailure?.(error);
    }
    const restMsMin = isSound ? 0 : askEveryMsMin;
    const rest = restMsMin + Math.random() * (askEveryMsMax - restMsMin);
    await pause(rest, signal).catch(() => undefined);
  }
}

/** Fields that came replace those that were; a list is replaced, or some of it by their places. */
export function withChanges(before: Fields, changes: Fields): Fields {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    const list = before[name];
    const isSome = Array.isArray(list) && typeof value === "object" && !Array.isArray(value);
    after[name] = isSome ? Object.assign([...list], value) : value;
  }
  return after;
}
