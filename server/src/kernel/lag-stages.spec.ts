import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StageClock } from "./lag-stages.ts";

// The database's clock is this far ahead of the process's.
const ahead = 1_000_000;

/** A loop's clock that stands still until it is moved. */
function standing() {
  let at = 0;
  const clock = new StageClock(() => at);
  return {
    clock,
    move: (to: number) => {
      at = to;
    },
    /** A refresh from one moment of the process's clock to another, heard of in between. */
    refresh(from: number, started: number, visible: number, answered: number, offset = ahead) {
      at = from;
      const sent = clock.sent();
      at = answered;
      return clock.answered(sent, { startedMs: started + offset, visibleMs: visible + offset });
    },
  };
}

describe("the stages of a change", () => {
  test("add up to its lag and are never negative, whatever the clocks say", () => {
    const instant = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const lag = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(instant, instant, instant, instant, lag, (from, start, end, answer, lagMs) => {
        const { toNoticedMs, toStartedMs, toVisibleMs } = standing().refresh(
          ...([from, start, Math.max(start, end), answer] as const),
        )(lagMs);
        expect(Math.min(toNoticedMs, toStartedMs, toVisibleMs)).toBeGreaterThanOrEqual(0);
        expect(toNoticedMs + toStartedMs + toVisibleMs).toBeCloseTo(lagMs, 3);
      }),
    );
  });

  test("begin with the first wake-up since the last refresh was sent", () => {
    const { clock, move, refresh } = standing();
    clock.heard();
    refresh(100, 101, 109, 110);
    move(120);
    clock.heard();
    move(130);
    clock.heard();
    // Noted at 115.
    expect(refresh(140, 141, 149, 150)(34)).toEqual({
      ...{ toNoticedMs: 5, toStartedMs: 21, toVisibleMs: 8 },
    });
  });

  test("have it noticed by the look where no wake-up came", () => {
    expect(standing().refresh(500, 501, 509, 510)(409)).toEqual({
      ...{ toNoticedMs: 400, toStartedMs: 1, toVisibleMs: 8 },
    });
  });

  test("have it noticed still where a refresh did not come about", () => {
    const { clock, move, refresh } = standing();
    move(100);
    clock.heard();
    move(200);
    clock.undone(clock.sent());
    expect(refresh(300, 301, 309, 310)(219)).toEqual({
      ...{ toNoticedMs: 10, toStartedMs: 201, toVisibleMs: 8 },
    });
  });

  test("know nothing of wake-ups that were heard before another refresher had the job", () => {
    const { clock, move, refresh } = standing();
    move(100);
    clock.heard();
    clock.forget();
    expect(refresh(300, 301, 309, 310)(219)).toEqual({
      ...{ toNoticedMs: 210, toStartedMs: 1, toVisibleMs: 8 },
    });
  });

  test("end with the refresh alone where a change came in after its start", () => {
    const { clock, refresh } = standing();
    clock.heard();
    expect(refresh(100, 101, 109, 110)(3)).toEqual({
      ...{ toNoticedMs: 0, toStartedMs: 0, toVisibleMs: 3 },
    });
  });
});

describe("the offset between the clocks", () => {
  test("is not led astray by an answer that is read late", () => {
    const { clock, move, refresh } = standing();
    refresh(100, 101, 109, 110);
    move(200);
    clock.heard();
    // The process was busy for half a second before it read the answer.
    expect(refresh(250, 251, 259, 760)(69).toNoticedMs).toBe(10);
  });

  test("follows a clock that is set anew", () => {
    const { clock, move, refresh } = standing();
    refresh(100, 101, 109, 110);
    move(200);
    clock.heard();
    const set = ahead - 3_600_000;
    const { toNoticedMs } = refresh(250, 251, 259, 260, set)(69);
    expect(Math.abs(toNoticedMs - 10)).toBeLessThanOrEqual(1);
  });
});
