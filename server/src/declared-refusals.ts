import { Refusal, type RefusalDeclaration } from "./kernel/refusals.ts";
import { refusals } from "./router.gen.ts";

const declared: [string, RefusalDeclaration][] = refusals.flatMap(({ reasons }) =>
  Object.entries<RefusalDeclaration>(reasons),
);

/** The refusal that the violation of a constraint means, if one is declared. */
export function refusalOf(constraint: string): Refusal | undefined {
  const found = declared.find(([, declaration]) => declaration.constraint === constraint);
  return found && new Refusal(...found);
}
