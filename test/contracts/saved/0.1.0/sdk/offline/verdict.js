import { isSelvedgeError } from "../errors.js";
const passing = new Set([
    "NETWORK",
    "TIMEOUT",
    "UNAVAILABLE",
    "UNAUTHENTICATED",
    "ABORTED",
    "SDK_TOO_OLD",
]);
const stubborn = new Set(["CONFLICT", "INTERNAL"]);
const triesMax = 5;
export function mayBeItsOwnFault(error) {
    return isSelvedgeError(error) && error.requestId !== undefined && stubborn.has(error.code);
}
export function verdictOn(error, tries) {
    if (!isSelvedgeError(error))
        return "refused";
    if (passing.has(error.code))
        return "trouble";
    const isStranger = error.requestId === undefined && error.code !== "TOO_LARGE";
    if (isStranger)
        return "trouble";
    return stubborn.has(error.code) && tries < triesMax ? "trouble" : "refused";
}
export function kept(error) {
    if (!isSelvedgeError(error)) {
        return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
    }
    const { code, message, reason, kind, details, hint, requestId } = error;
    return JSON.parse(JSON.stringify({ code, message, reason, kind, details, hint, requestId }));
}
