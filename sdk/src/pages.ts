import type { QueryResult } from "./calls.ts";

/** A page of rows as paged queries answer it. */
export interface Page<Row> {
  rows: Row[];
  /** Where the next page begins; `null` on the last. */
  nextCursor: string | null;
}

/** All rows of a paged query, one after the other; the next page is asked for when it is needed. */
export async function* rowsOf<Row>(
  input: object | undefined,
  ask: (input: object) => Promise<QueryResult<Page<Row>>>,
): AsyncGenerator<Row, void, undefined> {
  let next: object = input ?? {};
  for (;;) {
    const { data } = await ask(next);
    yield* data.rows;
    if (data.nextCursor === null) return;
    next = { ...input, cursor: data.nextCursor };
  }
}
