const firstPauseMs = 1_000;
const timerMsMax = 2 ** 30;
export class Alarm {
    #wake = () => { };
    #rung = false;
    ring() {
        this.#rung = true;
        this.#wake();
    }
    async wait(ms, signal) {
        if (!this.#rung && !signal.aborted) {
            await new Promise((resolve) => {
                const end = () => {
                    clearTimeout(timer);
                    signal.removeEventListener("abort", end);
                    resolve();
                };
                const timer = ms < timerMsMax ? setTimeout(end, ms) : undefined;
                signal.addEventListener("abort", end, { once: true });
                this.#wake = end;
            });
        }
        this.#rung = false;
    }
}
export function pauseMs(failures, max) {
    return Math.random() * Math.min(max, firstPauseMs * 2 ** (failures - 1));
}
export async function untilAborted(work, signal) {
    signal.throwIfAborted();
    let stop = () => { };
    const aborted = new Promise((_resolve, reject) => {
        stop = () => reject(signal.reason);
        signal.addEventListener("abort", stop, { once: true });
    });
    try {
        return await Promise.race([work, aborted]);
    }
    finally {
        signal.removeEventListener("abort", stop);
    }
}
