import { Hint } from "./hint.tsx";

/** Stands where a number is not known, and says why; never a 0. */
export function Missing({ why }: { readonly why: string }) {
  return (
    <Hint text={why} className="missing">
      <span aria-hidden="true">—</span>
      <span className="unseen">unknown</span>
    </Hint>
  );
}
