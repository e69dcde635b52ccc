import type { ReactNode } from "react";
import { DEFINITIONS, type DefinitionName } from "../definitions.ts";
import { Hint } from "./hint.tsx";

interface Props {
  readonly name: DefinitionName;
  /** The word as it stands here; without one, as it is defined. */
  readonly children?: ReactNode;
}

/** A word of the page with its definition. */
export function Term({ name, children }: Props) {
  const { term, meaning } = DEFINITIONS[name];
  return <Hint text={meaning}>{children ?? term}</Hint>;
}
