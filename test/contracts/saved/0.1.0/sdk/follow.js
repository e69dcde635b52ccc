import { isSelvedgeError } from "./errors.js";
import { readStream } from "./event-stream.js";
import { pause } from "./retry.js";
const feedPatience = { firstByteMsMax: 10_000, silenceMsMax: 40_000 };
const firstPauseMs = 100;
const pauseMsMax = 5_000;
const askEveryMs = 1_000;
const streamAgainMs = 30_000;
const soundMs = 5_000;
export async function* follow(input, { signal, onCaughtUp }, line) {
    let { after } = input;
    let way = streamed;
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
                if (event)
                    yield event;
                if (caughtUp)
                    onCaughtUp?.(position);
                if (signal?.aborted)
                    return;
            }
            const now = performance.now();
            if (way === asked) {
                if (now >= streamAt)
                    way = streamed;
            }
            else if (steps > 0) {
                misses = 0;
                failures = after !== from || now - begunAt > soundMs ? 0 : failures + 1;
                boundMs = firstPauseMs * 2 ** failures;
            }
            else {
                way = asked;
                streamAt = ++misses > 1 ? now + streamAgainMs : 0;
                boundMs = 0;
            }
        }
        catch (error) {
            if (signal?.aborted)
                return;
            if (!isSelvedgeError(error) || !error.retryable)
                throw error;
            way = streamed;
            boundMs = firstPauseMs * 2 ** ++failures;
        }
        await pause(Math.random() * Math.min(pauseMsMax, boundMs), signal).catch(() => undefined);
    }
}
async function* streamed(...[input, line, signal]) {
    const open = (ending) => line.open(input, ending);
    for await (const { event: type, id, data } of readStream(open, feedPatience, signal)) {
        if (data !== undefined) {
            const event = JSON.parse(data);
            yield { position: event.position, event };
        }
        else if (id !== undefined)
            yield { position: id, caughtUp: type === "caught-up" };
    }
}
async function* asked(...[input, line, signal]) {
    let next = { ...input, limit: 500 };
    for (;;) {
        const { events, position, caughtUp } = await line.ask(next, signal);
        for (const event of events)
            yield { position: event.position, event };
        yield { position, caughtUp };
        if (caughtUp)
            return;
        next = { ...next, after: position };
    }
}
