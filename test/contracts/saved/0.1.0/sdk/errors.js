const codes = [
    "BAD_INPUT",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "REFUSED",
    "CONFLICT",
    "COMMAND_ID_REUSED",
    "RECEIPT_REFUSED",
    "NOT_FRESH",
    "TOO_LARGE",
    "SDK_TOO_OLD",
    "TIMEOUT",
    "UNAVAILABLE",
    "INTERNAL",
    "NETWORK",
    "ABORTED",
];
const brand = Symbol.for("selvedge.error");
export class SelvedgeError extends Error {
    name = "SelvedgeError";
    code;
    reason;
    kind;
    details;
    hint;
    requestId;
    retryable;
    commandId;
    [brand] = true;
    constructor(message, facts) {
        super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
        this.code = facts.code;
        this.reason = facts.reason;
        this.kind = facts.kind;
        this.details = facts.details;
        this.hint = facts.hint;
        this.requestId = facts.requestId;
        this.retryable = facts.retryable ?? false;
        this.commandId = facts.commandId;
    }
}
export function isSelvedgeError(error) {
    return typeof error === "object" && error !== null && brand in error;
}
export function isErrorCode(code) {
    return codes.includes(code);
}
