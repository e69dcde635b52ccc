import type { StatusWords } from "../status.ts";
import { Hint } from "./hint.tsx";
import { StatusMark } from "./status-mark.tsx";

/** The status of one read model, with what it means a tooltip away. */
export function StatusChip({ words }: { readonly words: StatusWords }) {
  return (
    <Hint text={words.meaning} className={`chip tone-${words.tone}`}>
      <StatusMark tone={words.tone} />
      {words.label}
    </Hint>
  );
}
