import { deepStrictEqual, ok } from "node:assert/strict";
import type { DomainEvent } from "../kernel/events.ts";
import { Refusal } from "../kernel/refusals.ts";

type Outcome = DomainEvent | DomainEvent[] | undefined;

/**
 * Given an aggregate, when something is asked of it, then it says what happened or refuses. A
 * refusal must leave the aggregate as it was. Any test runner will do.
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
          deepStrictEqual(typesOf(events), types);
          return { events, it: aggregate };
        },
        /** Nothing happened and nothing changed. */
        thenNothing() {
          settle();
          deepStrictEqual(typesOf(events), []);
          deepStrictEqual(plain(aggregate), before);
        },
        /**
         * It was refused for this reason (and with these details, if given), and nothing changed.
         */
        thenRefused(reason: string, details?: Record<string, unknown>) {
          ok(thrown instanceof Refusal, `It was not refused: ${thrown ?? typesOf(events)}`);
          deepStrictEqual(thrown.reason, reason);
          if (details) deepStrictEqual(plain(thrown.details ?? {}), plain(details));
          deepStrictEqual(plain(aggregate), before);
        },
      };
    },
  };
}

function typesOf(events: readonly DomainEvent[]): string[] {
  return events.map(({ type }) => type);
}

function plain(aggregate: object): unknown {
  return JSON.parse(JSON.stringify(aggregate));
}
