import { expect } from "vitest";
import type { DomainEvent } from "../../server/src/kernel/events.ts";
import { Refusal } from "../../server/src/kernel/refusals.ts";

type Outcome = DomainEvent | DomainEvent[] | undefined;

/**
 * Given an aggregate, when something is asked of it, then it says what happened or refuses. A
 * refusal must leave the aggregate as it was.
 *
 * ```ts
 * given(anOrder()).when((it) => it.cancel("changed mind")).thenHappened("OrderCancelled");
 * ```
 */
export function given<A extends object>(aggregate: A) {
  return {
    when(act: (it: A) => Outcome) {
      const before = plain(aggregate);
      let events: DomainEvent[] = [];
      let thrown: unknown;
      try {
        events = [act(aggregate)].flat().filter((event) => event !== undefined);
      } catch (error) {
        thrown = error;
      }
      const settle = () => {
        if (thrown !== undefined) throw thrown;
        return aggregate;
      };
      return {
        /** These events happened, in this order, and no others. */
        thenHappened(...types: string[]) {
          settle();
          expect(events.map(({ type }) => type)).toEqual(types);
          return { events, it: aggregate };
        },
        /** Nothing happened and nothing changed. */
        thenNothing() {
          settle();
          expect(events).toEqual([]);
          expect(plain(aggregate)).toEqual(before);
        },
        /**
         * It was refused for this reason (and with these details, if given), and nothing changed.
         */
        thenRefused(reason: string, details?: Record<string, unknown>) {
          expect(thrown).toBeInstanceOf(Refusal);
          const refusal = thrown as Refusal;
          expect(refusal.reason).toBe(reason);
          if (details) expect(refusal.details).toEqual(details);
          expect(plain(aggregate)).toEqual(before);
        },
      };
    },
  };
}

function plain(aggregate: object): unknown {
  return JSON.parse(JSON.stringify(aggregate));
}
