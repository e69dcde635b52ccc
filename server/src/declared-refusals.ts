import type { Application } from "./application.ts";
import { Refusal, type RefusalDeclaration } from "./kernel/refusals.ts";

/** The refusal that the violation of a constraint means, if one is declared. */
export function refusalsByConstraint({
  refusals,
}: Application): (constraint: string) => Refusal | undefined {
  const declared = refusals.flatMap(({ reasons }) => Object.entries<RefusalDeclaration>(reasons));
  return (constraint) => {
    const found = declared.find(([, declaration]) => declaration.constraint === constraint);
    return found && new Refusal(...found);
  };
}
