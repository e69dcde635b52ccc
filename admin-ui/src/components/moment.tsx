import { formatClock } from "../format.ts";

/** An instant as the reader's clock has it; the exact one is a tooltip away. */
export function Moment({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={at}>
      {formatClock(at)}
    </time>
  );
}
