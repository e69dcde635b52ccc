const allAlong = 0;
export class FakeHistory {
    #now;
    #lags = new Map();
    #commands = [];
    #versions = new Map();
    #moment = 0;
    constructor(now) {
        this.#now = now;
    }
    get moment() {
        return this.#moment;
    }
    commandHappens() {
        this.#moment += 1;
        this.#commands.push({ moment: this.#moment, at: this.#now() });
        return this.#moment;
    }
    set(path, value, during) {
        const versions = this.#versions.get(path) ?? [];
        const moment = during ?? (versions.length === 0 ? allAlong : ++this.#moment);
        this.#versions.set(path, [...versions, { moment, at: this.#now(), value }]);
    }
    lag(path, ms) {
        this.#lags.set(path, ms);
    }
    lagging() {
        return [...this.#lags].filter(([, ms]) => ms > 0).map(([path]) => path);
    }
    valueOf(path, newest) {
        const versions = this.#versions.get(path) ?? [];
        const shown = newest ? versions : versions.filter((version) => this.#isIn(path, version));
        return shown.at(-1)?.value;
    }
    freshnessOf(path, receipts) {
        const missing = this.#missing(path);
        const now = this.#now();
        const oldest = Math.min(now, ...missing.map(({ at }) => at));
        const newestAsked = Math.max(...receipts);
        return {
            asOf: new Date(oldest).toISOString(),
            lagMs: missing.length > 0 ? Math.max(1, now - oldest) : 0,
            withinPromise: missing.length === 0,
            pending: new Set(missing.map(({ moment }) => moment)).size,
            includesReceipt: receipts.length === 0 ? null : missing.every(({ moment }) => moment > newestAsked),
            servedFrom: "readModel",
        };
    }
    nextInMs(path) {
        const missing = this.#missing(path);
        if (missing.length === 0)
            return undefined;
        return Math.min(...missing.map(({ at }) => at)) + this.#lagOf(path) - this.#now();
    }
    #missing(path) {
        const changes = [...this.#commands, ...(this.#versions.get(path) ?? [])];
        return changes.filter((change) => !this.#isIn(path, change));
    }
    #isIn(path, { moment, at }) {
        return moment === allAlong || at + this.#lagOf(path) <= this.#now();
    }
    #lagOf(path) {
        return this.#lags.get(path) ?? 0;
    }
}
