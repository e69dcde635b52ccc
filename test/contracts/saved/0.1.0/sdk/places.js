export class Places {
    #free;
    #waiting = new Set();
    constructor(count) {
        this.#free = count;
    }
    async take(signal) {
        signal?.throwIfAborted();
        if (this.#free > 0) {
            this.#free--;
            return;
        }
        await new Promise((resolve, reject) => {
            const giveUp = () => {
                this.#waiting.delete(called);
                reject(signal?.reason);
            };
            const called = () => {
                signal?.removeEventListener("abort", giveUp);
                resolve();
            };
            signal?.addEventListener("abort", giveUp, { once: true });
            this.#waiting.add(called);
        });
    }
    leave() {
        const [next] = this.#waiting;
        if (!next) {
            this.#free++;
            return;
        }
        this.#waiting.delete(next);
        next();
    }
}
