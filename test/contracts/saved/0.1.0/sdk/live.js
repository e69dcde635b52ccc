import { isSelvedgeError } from "./errors.js";
import { readStream } from "./event-stream.js";
import { pause } from "./retry.js";
const patience = { firstByteMsMax: 2_000, silenceMsMax: 3_000 };
const askEveryMsMin = 700;
const askEveryMsMax = 1_000;
const soundMs = 5_000;
const streamAgainMs = 30_000;
export async function* followLive({ signal, timeoutMs = 10_000, onFailure }, line) {
    let streamAt = 0;
    while (!signal?.aborted) {
        let isSound = false;
        try {
            let answer = (await line.ask({ signal, timeoutMs }));
            if (signal?.aborted)
                return;
            yield answer;
            if (performance.now() >= streamAt) {
                const begunAt = performance.now();
                streamAt = begunAt + streamAgainMs;
                for await (const { data } of readStream((ending) => line.open(ending), patience, signal)) {
                    if (data === undefined || signal?.aborted)
                        continue;
                    answer = withChanges(answer, JSON.parse(data));
                    streamAt = 0;
                    yield answer;
                }
                isSound = streamAt === 0 && performance.now() - begunAt > soundMs;
            }
        }
        catch (error) {
            if (signal?.aborted)
                return;
            if (!isSelvedgeError(error) || !error.retryable)
                throw error;
            onFailure?.(error);
        }
        const restMsMin = isSound ? 0 : askEveryMsMin;
        const rest = restMsMin + Math.random() * (askEveryMsMax - restMsMin);
        await pause(rest, signal).catch(() => undefined);
    }
}
export function withChanges(before, changes) {
    const after = { ...before };
    for (const [name, value] of Object.entries(changes)) {
        const list = before[name];
        const isSome = Array.isArray(list) && typeof value === "object" && !Array.isArray(value);
        after[name] = isSome ? Object.assign([...list], value) : value;
    }
    return after;
}
