export class Receipts {
    #answeredAt = new Map();
    #max;
    #moment = 0;
    constructor(max) {
        this.#max = max;
    }
    begin() {
        return ++this.#moment;
    }
    keep(receipt, begunAt) {
        if (begunAt !== "earlier") {
            for (const [held, answeredAt] of this.#answeredAt) {
                if (answeredAt < begunAt)
                    this.#answeredAt.delete(held);
            }
        }
        this.#answeredAt.delete(receipt);
        this.#answeredAt.set(receipt, ++this.#moment);
        const [oldest] = this.#answeredAt.keys();
        if (this.#answeredAt.size > this.#max && oldest)
            this.#answeredAt.delete(oldest);
    }
    forget(receipts) {
        for (const receipt of receipts)
            this.#answeredAt.delete(receipt);
    }
    list() {
        return [...this.#answeredAt.keys()];
    }
}
