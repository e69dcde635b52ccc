import type { ReactNode } from "react";

interface Props {
  /** Each with its name. */
  readonly of: Readonly<Record<string, ReactNode>>;
}

/** A few facts in a row, each under its name. */
export function Facts({ of }: Props) {
  return (
    <dl className="facts">
      {Object.entries(of).map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
