const timerMsMax = 86_400_000;
export const realClock = {
    now: () => Date.now(),
    wait: (ms, signal) => new Promise((resolve, reject) => {
        const stop = () => {
            clearTimeout(timer);
            reject(signal?.reason);
        };
        const timer = setTimeout(() => {
            signal?.removeEventListener("abort", stop);
            resolve();
        }, Math.min(ms, timerMsMax));
        if (signal?.aborted)
            stop();
        else
            signal?.addEventListener("abort", stop, { once: true });
    }),
};
export function manualClock(startsAt = Date.UTC(2026, 0, 5, 10)) {
    let now = startsAt;
    const sleepers = new Set();
    const nextDue = (until) => [...sleepers].filter((one) => one.dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
    return {
        now: () => now,
        wait: (ms, signal) => new Promise((resolve, reject) => {
            const stop = () => {
                sleepers.delete(sleeper);
                reject(signal?.reason);
            };
            const wake = () => {
                signal?.removeEventListener("abort", stop);
                resolve();
            };
            const sleeper = { dueAt: now + ms, wake };
            if (signal?.aborted)
                return stop();
            signal?.addEventListener("abort", stop, { once: true });
            sleepers.add(sleeper);
        }),
        advance: async (ms) => {
            const until = now + ms;
            await settled();
            for (let next = nextDue(until); next; next = nextDue(until)) {
                now = Math.max(now, next.dueAt);
                sleepers.delete(next);
                next.wake();
                await settled();
            }
            now = until;
            await settled();
        },
    };
}
function settled() {
    return new Promise((resolve) => setTimeout(resolve, 0));
}
