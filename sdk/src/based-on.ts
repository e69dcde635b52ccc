import type { Freshness } from "./calls.ts";
import { SelvedgeError } from "./errors.ts";

/** What a command was decided on, whatever read models there are. */
export interface AnyBasedOn {
  readonly freshness?: Freshness | undefined;
  readonly facts: readonly unknown[];
}

// What the usual proxies let pass, and the server takes.
const charsMax = 8_000;

/** The header that tells what a command was decided on. */
export function basedOnHeaders(basedOn: AnyBasedOn | undefined): Record<string, string> {
  const text = basedOnText(basedOn);
  return text === undefined ? {} : { "selvedge-based-on": text };
}

/** What a command was decided on: JSON in base64url, for any letters. */
export function basedOnText(basedOn: AnyBasedOn | undefined): string | undefined {
  if (!basedOn) return undefined;
  const text = encode(basedOn);
  if (text.length <= charsMax) return text;
  throw new SelvedgeError("What the command is based on is too much to be sent.", {
    code: "BAD_INPUT",
    hint: "Name the columns that the decision relied on, not whole rows.",
  });
}

function encode({ freshness, facts }: AnyBasedOn): string {
  const told = { ...(freshness && { freshness: { asOf: freshness.asOf } }), facts };
  try {
    const bytes = new TextEncoder().encode(JSON.stringify(told));
    const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  } catch (cause) {
    throw new SelvedgeError("What the command is based on cannot be written as JSON.", {
      code: "BAD_INPUT",
      cause,
    });
  }
}
