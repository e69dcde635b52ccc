import { SelvedgeError } from "./errors.js";
const charsMax = 8_000;
export function basedOnHeaders(basedOn) {
    const text = basedOnText(basedOn);
    return text === undefined ? {} : { "selvedge-based-on": text };
}
export function basedOnText(basedOn) {
    if (!basedOn)
        return undefined;
    const text = encode(basedOn);
    if (text.length <= charsMax)
        return text;
    throw new SelvedgeError("What the command is based on is too much to be sent.", {
        code: "BAD_INPUT",
        hint: "Name the columns that the decision relied on, not whole rows.",
    });
}
function encode({ freshness, facts }) {
    const told = { ...(freshness && { freshness: { asOf: freshness.asOf } }), facts };
    try {
        const bytes = new TextEncoder().encode(JSON.stringify(told));
        const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
        return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    }
    catch (cause) {
        throw new SelvedgeError("What the command is based on cannot be written as JSON.", {
            code: "BAD_INPUT",
            cause,
        });
    }
}
