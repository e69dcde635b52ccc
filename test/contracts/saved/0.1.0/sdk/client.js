import { isRecord } from "./answers.js";
import { procedures } from "./api.gen.js";
import { basedOnHeaders } from "./based-on.js";
import { newCommandId } from "./command-id.js";
import { isSelvedgeError, SelvedgeError } from "./errors.js";
import { Notices } from "./notices.js";
import { rowsOf } from "./pages.js";
import { Places } from "./places.js";
import { Receipts } from "./receipts.js";
import { aborted, send } from "./retry.js";
import { contractSaid, sdkVersion } from "./version.js";
const commandsAtOnceMax = 32;
class SelvedgeClient {
    #options;
    #receipts = new Receipts(commandsAtOnceMax);
    #places = new Places(commandsAtOnceMax);
    #notices;
    constructor(options) {
        this.#notices = new Notices(options.onNotice);
        this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
        const modules = {};
        for (const [path, shape] of Object.entries(procedures)) {
            const [module = "", name = ""] = path.split(".");
            modules[module] ??= {};
            modules[module][name] = this.#callable(path, shape);
        }
        Object.assign(this, modules);
    }
    receipts() {
        return this.#receipts.list();
    }
    #callable(path, shape) {
        if (shape.kind === "command") {
            return (input, options) => this.#command(path, input, options);
        }
        if (shape.kind === "operation") {
            return async (input, options = {}) => this.#send(path, writeBody(input), options, {}, shape.repeatable);
        }
        const query = (input, options) => this.#query(path, input, options);
        if (!shape.paged)
            return query;
        const rows = (input, options) => rowsOf(input, (page) => query(page, options));
        return Object.assign(query, { rows });
    }
    async #command(path, input, options = {}) {
        const commandId = options.commandId ?? newCommandId();
        const { signal } = options;
        try {
            const body = writeBody(input);
            const headers = {
                "selvedge-command-id": commandId,
                ...basedOnHeaders(options.basedOn),
            };
            await this.#places.take(signal).catch(() => Promise.reject(aborted(signal)));
            try {
                const begunAt = this.#receipts.begin();
                const answer = await this.#send(path, body, options, headers, true);
                const { data, receipt, repeated } = expectFields(path, answer, [
                    "data",
                    "receipt",
                    "repeated",
                ]);
                const ours = options.commandId === undefined || !repeated;
                this.#receipts.keep(receipt, ours ? begunAt : "earlier");
                return { data, receipt, repeated, commandId };
            }
            finally {
                this.#places.leave();
            }
        }
        catch (error) {
            throw isSelvedgeError(error) ? Object.assign(error, { commandId }) : error;
        }
    }
    async #query(path, input, options = {}) {
        const own = this.#options.consistency === "none" ? [] : this.#receipts.list();
        const headers = freshnessHeaders(own, options);
        try {
            const answer = await this.#send(path, writeBody(input), options, headers, true);
            return expectFields(path, answer, ["data", "freshness"]);
        }
        catch (error) {
            const refused = isSelvedgeError(error) && error.code === "RECEIPT_REFUSED";
            if (refused && !options.atLeast?.length)
                this.#receipts.forget(own);
            throw error;
        }
    }
    #send(path, body, options, headers, repeatable) {
        const { baseUrl, apiKey, fetch, timeoutMs = 30_000, retriesMax = Infinity } = this.#options;
        const message = {
            url: `${baseUrl}/trpc/${path}`,
            headers: {
                "content-type": "application/json",
                "selvedge-sdk": `js/${sdkVersion}`,
                "selvedge-contract": contractSaid,
                ...(apiKey && { authorization: `Bearer ${apiKey}` }),
                ...headers,
            },
            body,
            repeatable,
            timeoutMs: options.timeoutMs ?? timeoutMs,
            signal: options.signal,
        };
        const fetchNow = (...args) => (fetch ?? globalThis.fetch)(...args);
        return send(message, { fetch: fetchNow, retriesMax, notices: this.#notices });
    }
}
function freshnessHeaders(own, options) {
    const { atLeast = [], maxStaleMs, onMiss } = options;
    const receipts = [...new Set([...own, ...(typeof atLeast === "string" ? [atLeast] : atLeast)])];
    const asked = receipts.length > 0 || maxStaleMs !== undefined;
    return {
        ...(receipts.length > 0 && { "selvedge-at-least": receipts.join(",") }),
        ...(maxStaleMs !== undefined && { "selvedge-max-stale-ms": String(maxStaleMs) }),
        ...(asked && { "selvedge-on-miss": onMiss ?? "wait" }),
    };
}
function expectFields(path, answer, fields) {
    if (isRecord(answer) && fields.every((field) => field in answer))
        return answer;
    throw new SelvedgeError(`The answer to ${path} lacks ${fields.join(", ")}.`, {
        code: "INTERNAL",
        hint: "What answered is not Selvedge, or not a version that this SDK knows.",
    });
}
function writeBody(input) {
    try {
        return JSON.stringify(input ?? {});
    }
    catch (cause) {
        throw new SelvedgeError("The input cannot be written as JSON.", { code: "BAD_INPUT", cause });
    }
}
export const Selvedge = SelvedgeClient;
