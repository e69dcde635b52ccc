export class FakeFault extends Error {
    code;
    facts;
    constructor(code, message, facts = {}) {
        super(message);
        this.code = code;
        this.facts = facts;
    }
}
const statuses = {
    BAD_INPUT: 400,
    UNAUTHENTICATED: 401,
    FORBIDDEN: 403,
    NOT_FOUND: 404,
    REFUSED: 409,
    CONFLICT: 409,
    COMMAND_ID_REUSED: 409,
    RECEIPT_REFUSED: 400,
    NOT_FRESH: 409,
    TOO_LARGE: 413,
    TIMEOUT: 504,
    UNAVAILABLE: 503,
};
const refusalStatuses = {
    "not-found": 404,
    conflict: 409,
    invalid: 422,
};
const retryable = new Set(["CONFLICT", "NOT_FRESH", "TIMEOUT", "UNAVAILABLE"]);
export function refusal(reason, { kind = "conflict", message, details, hint } = {}) {
    const facts = { reason, kind, ...(details && { details }), ...(hint && { hint }) };
    return new FakeFault("REFUSED", message ?? `The command is refused: ${reason}.`, facts);
}
export function reportOf({ code, message, facts }) {
    return { message, data: { code, retryable: retryable.has(code), ...facts } };
}
export function faultResponse(fault, requestId) {
    const kind = fault.facts.kind;
    const httpStatus = kind ? refusalStatuses[kind] : (statuses[fault.code] ?? 500);
    const { message, data } = reportOf(fault);
    const error = { message, code: -32_000, data: { ...data, httpStatus, requestId } };
    return jsonResponse(httpStatus, { error }, requestId);
}
export function jsonResponse(status, body, requestId) {
    return new Response(JSON.stringify(body), {
        status,
        headers: { "content-type": "application/json", "selvedge-request-id": requestId },
    });
}
