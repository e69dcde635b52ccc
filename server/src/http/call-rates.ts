import type { Response } from "express";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Identity } from "../kernel/context.ts";
import { Fault } from "../kernel/faults.ts";

/** How many calls each partner of a house may still make in this process. */
export class CallRates {
  readonly #perMinuteMax: number;
  readonly #limiter: RateLimiterMemory | undefined;

  constructor(perMinuteMax: number = Number.POSITIVE_INFINITY) {
    const isNone = perMinuteMax === Number.POSITIVE_INFINITY;
    if (!isNone && !(Number.isSafeInteger(perMinuteMax) && perMinuteMax > 0)) {
      throw new Error(`A partner cannot make ${perMinuteMax} calls a minute at most.`);
    }
    this.#perMinuteMax = perMinuteMax;
    this.#limiter = isNone
      ? undefined
      : new RateLimiterMemory({ points: perMinuteMax, duration: 60 });
  }

  /** Counts calls; a fault once there were too many, and the answer says when to come again. */
  async count({ tenant, partner }: Identity, res: Response, calls = 1): Promise<void> {
    const points = Math.min(calls, this.#perMinuteMax);
    try {
      await this.#limiter?.consume(JSON.stringify([tenant, partner]), points);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      res.setHeader("retry-after", Math.max(1, Math.ceil(error.msBeforeNext / 1_000)));
      throw new Fault("UNAVAILABLE", `This is more than ${this.#perMinuteMax} calls a minute.`, {
        status: "TOO_MANY_REQUESTS",
        hint: "Call again after as many seconds as Retry-After says; the SDK does so by itself.",
      });
    }
  }
}
