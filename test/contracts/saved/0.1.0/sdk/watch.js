import { isSelvedgeError } from "./errors.js";
export function begin(kind, procedure, commandId) {
    return { kind, procedure, commandId };
}
export async function watched(watchCalls, begin, call) {
    const begunAt = performance.now();
    const watch = harmless(() => watchCalls?.(begin));
    let attempts = 1;
    let requestId;
    const end = (error) => {
        const durationMs = performance.now() - begunAt;
        const failed = isSelvedgeError(error) ? error : undefined;
        const known = requestId ?? failed?.requestId;
        harmless(() => watch?.onEnd?.({ durationMs, attempts, requestId: known, error: failed }));
    };
    try {
        const answer = await call({
            headers: watch?.headers ?? {},
            retry: (retry) => {
                attempts = retry.attempt + 1;
                harmless(() => watch?.onRetry?.(retry));
            },
            answered: (id) => {
                requestId = id;
            },
        });
        end();
        return answer;
    }
    catch (error) {
        end(error);
        throw error;
    }
}
function harmless(look) {
    try {
        return look();
    }
    catch {
        return undefined;
    }
}
