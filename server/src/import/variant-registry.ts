import type { VariantFacts } from "./import-client.ts";
import type { PlannedCommand } from "./plan.ts";
import type { Outcome } from "./send-command.ts";
import { differenceOf } from "./variant-facts.ts";

/** Whether a variant can be used, and what is worth noting about its facts. */
export interface Registration {
  /** Why there is no such variant, or null when there is one. */
  readonly refusal: string | null;
  readonly note: string | null;
}

interface Known {
  readonly facts: VariantFacts;
  readonly registration: Promise<Registration>;
  noted: boolean;
}

/**
 * Registers each SKU of a run once, before the first command that needs it. The facts that the
 * catalogue has are kept: exports name categories as they like, and none of them is an authority.
 */
export class VariantRegistry {
  readonly #known = new Map<string, Known>();
  readonly #register: (command: PlannedCommand<VariantFacts>) => Promise<Outcome<unknown>>;

  constructor(register: (command: PlannedCommand<VariantFacts>) => Promise<Outcome<unknown>>) {
    this.#register = register;
  }

  /** Waits until the variant is registered; a note comes once for each SKU. */
  async ensure(command: PlannedCommand<VariantFacts>): Promise<Registration> {
    const facts = command.input;
    const known = this.#known.get(facts.sku);
    if (!known) return this.#begin(command);

    const { refusal } = await known.registration;
    const difference = differenceOf(known.facts, facts);
    if (refusal !== null || difference === null || known.noted) return { refusal, note: null };
    known.noted = true;
    return { refusal, note: `kept the facts of the SKU's first row: ${difference}` };
  }

  async #begin(command: PlannedCommand<VariantFacts>): Promise<Registration> {
    const registration = this.#register(command).then(registrationOf);
    const known = { facts: command.input, registration, noted: false };
    this.#known.set(command.input.sku, known);

    const result = await registration;
    known.noted = result.note !== null;
    return result;
  }
}

function registrationOf(outcome: Outcome<unknown>): Registration {
  if (outcome.state !== "refused") return { refusal: null, note: null };
  if (outcome.reason === "variant-differs")
    return { refusal: null, note: `kept the catalogue's facts: ${differsIn(outcome)}` };
  if (outcome.code === "COMMAND_ID_REUSED") {
    const note = "kept the catalogue's facts: an earlier import stated others for this SKU";
    return { refusal: null, note };
  }
  return { refusal: `the variant is refused: ${outcome.message}`, note: null };
}

function differsIn(outcome: { message: string; details: unknown }): string {
  const details: { differs?: unknown } =
    typeof outcome.details === "object" && outcome.details !== null ? outcome.details : {};
  if (!Array.isArray(details.differs)) return outcome.message;
  return details.differs
    .map((one: { fact?: unknown; known?: unknown; given?: unknown }) =>
      [`${one.fact} is "${one.known}"`, `not "${one.given}"`].join(", "),
    )
    .join("; ");
}
