import { kernelRefusals } from "../kernel/kernel-refusals.ts";
import type { RefusalDeclaration } from "../kernel/refusals.ts";

/** Everything the domain may say no for: each reason with its kind and its sentence. */
export type Reasons = Readonly<Record<string, RefusalDeclaration>>;

/** The reasons that modules declare, and those of any command. */
export function reasonsOf(refusals: readonly { readonly reasons: Reasons }[]): Reasons {
  return Object.assign({}, ...[kernelRefusals, ...refusals].map(({ reasons }) => reasons));
}

/** One reason; an error where nobody declares it. */
export function declaredReason(reasons: Reasons, reason: string): RefusalDeclaration {
  const declared = reasons[reason];
  if (!declared) throw new Error(`is refused for "${reason}", which no module declares`);
  return declared;
}
