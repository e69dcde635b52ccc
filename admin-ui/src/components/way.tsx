import type { ReadModelLag } from "../lag-report.ts";

const ARROWS = { growing: "↗", shrinking: "↘" } as const;

/** Where a lag is going, as an arrow that is also said; nothing where it is steady or unknown. */
export function Way({ trend }: Pick<ReadModelLag, "trend">) {
  if (trend !== "growing" && trend !== "shrinking") return null;
  return (
    <span className={`way ${trend}`} title={trend}>
      <span aria-hidden="true">{ARROWS[trend]}</span>
      <span className="unseen"> and {trend}</span>
    </span>
  );
}
