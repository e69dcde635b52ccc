import { isRecord } from "./answers.js";
import { SelvedgeError } from "./errors.js";
export function freshnessHeaders(own, options) {
    const { atLeast = [], maxStaleMs, onMiss } = options;
    const receipts = [...new Set([...own, ...(typeof atLeast === "string" ? [atLeast] : atLeast)])];
    const asked = receipts.length > 0 || maxStaleMs !== undefined;
    return {
        ...(receipts.length > 0 && { "selvedge-at-least": receipts.join(",") }),
        ...(maxStaleMs !== undefined && { "selvedge-max-stale-ms": String(maxStaleMs) }),
        ...(asked && { "selvedge-on-miss": onMiss ?? "wait" }),
    };
}
export function expectFields(path, answer, fields) {
    if (isRecord(answer) && fields.every((field) => field in answer))
        return answer;
    throw new SelvedgeError(`The answer to ${path} lacks ${fields.join(", ")}.`, {
        code: "INTERNAL",
        hint: "What answered is not Selvedge, or not a version that this SDK knows.",
    });
}
export function writeBody(input) {
    try {
        return JSON.stringify(input ?? {});
    }
    catch (cause) {
        throw new SelvedgeError("The input cannot be written as JSON.", { code: "BAD_INPUT", cause });
    }
}
