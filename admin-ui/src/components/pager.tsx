import { goTo, withFilter } from "../use-place.ts";

interface Props {
  /** Where the page begins, as the address has it under this name; empty on the first. */
  readonly name: string;
  readonly from: string;
  /** Where the next one begins, if there is one. */
  readonly next: string | null | undefined;
  /** What the first one and the next are called. */
  readonly words: readonly [first: string, next: string];
}

/** The way through pages, each of which has an address. */
export function Pager({ name, from, next, words: [first, following] }: Props) {
  const go = (cursor: string) => goTo(withFilter(location.hash, name, cursor));
  return (
    <div className="pager">
      <button type="button" className="quiet" disabled={from === ""} onClick={() => go("")}>
        {first}
      </button>
      <button type="button" className="quiet" disabled={!next} onClick={() => next && go(next)}>
        {following}
      </button>
    </div>
  );
}
