import { FakeFault } from "./fake-faults.js";
const deadlineMsDefault = 1_000;
const deadlineMsMax = 5_000;
const epoch = "fa4e00000000";
export class FakeReader {
    #history;
    #clock;
    constructor(history, clock) {
        this.#history = history;
        this.#clock = clock;
    }
    receiptOf(moment) {
        return `r1.${epoch}.${moment}`;
    }
    async read(path, { headers, signal }) {
        const moments = this.#momentsOf(headers.get("selvedge-at-least"));
        const maxStaleMs = Number(headers.get("selvedge-max-stale-ms") ?? Infinity);
        const onMiss = headers.get("selvedge-on-miss") ?? "serve";
        const timeoutMs = Number(headers.get("selvedge-timeout-ms") ?? deadlineMsDefault);
        const withinMs = Math.min(timeoutMs, deadlineMsMax);
        const endsAt = this.#clock.now() + withinMs;
        for (;;) {
            const freshness = this.#history.freshnessOf(path, moments);
            const isHit = freshness.includesReceipt !== false && (freshness.lagMs ?? 0) <= maxStaleMs;
            if (isHit || onMiss === "serve")
                return this.#reading(path, freshness);
            if (onMiss === "patch" || onMiss === "live") {
                return this.#computed(path, freshness, onMiss === "live" ? "live" : "patched");
            }
            const leftMs = endsAt - this.#clock.now();
            if (onMiss === "error")
                throw notFresh(freshness);
            if (leftMs <= 0)
                throw notFresh(freshness, withinMs);
            await this.#clock.wait(Math.min(leftMs, this.#history.nextInMs(path) ?? leftMs), signal);
        }
    }
    #reading(path, freshness) {
        return { value: this.#history.valueOf(path, false), freshness };
    }
    #computed(path, { includesReceipt }, servedFrom) {
        const asOf = new Date(this.#clock.now()).toISOString();
        const includes = includesReceipt === null ? null : true;
        const fresh = { asOf, lagMs: 0, withinPromise: true, pending: 0 };
        const freshness = { ...fresh, includesReceipt: includes, servedFrom };
        return { value: this.#history.valueOf(path, true), freshness };
    }
    #momentsOf(header) {
        return (header?.split(",") ?? []).map((receipt) => {
            const [, of, moment] = /^r1\.([0-9a-f]{12})\.([1-9]\d*)$/.exec(receipt.trim()) ?? [];
            if (of !== epoch || Number(moment) > this.#history.moment) {
                throw new FakeFault("RECEIPT_REFUSED", "This receipt is from another database.", {
                    hint: "Drop receipts that were kept from before the database was replaced.",
                });
            }
            return Number(moment);
        });
    }
}
function notFresh(freshness, withinMs) {
    const within = withinMs === undefined ? "" : ` within ${withinMs} ms`;
    return new FakeFault("NOT_FRESH", `Not as fresh as asked${within}.`, {
        details: { freshness },
        hint: "Ask again, wait longer, or take what is there with onMiss: serve.",
    });
}
