import { declareLife } from "../../kernel/life.ts";

/** What an inbound may go through. */
export const inboundLife = declareLife("Inbound", "announced", {
  receive: { from: ["announced", "receiving"], to: "receiving" },
  close: { from: ["announced", "receiving"], to: "closed" },
});

/** Where an inbound is in its life. */
export type InboundStatus = ReturnType<typeof inboundLife.after>;

/** A kind of step in an inbound's life. */
export type InboundStep = keyof typeof inboundLife.steps;
