export { type Clock, type ManualClock, manualClock } from "./clock.ts";
export type { FaultWords, RefusalWords } from "./fake-faults.ts";
export { type FakeOptions, type FakeSelvedge, fakeSelvedge } from "./fake-selvedge.ts";
export type {
  Answering,
  AnsweringCall,
  AnswerOf,
  CommandPath,
  FakeCall,
  ProcedurePath,
  Procedures,
  ReadModelName,
  Times,
} from "./fake-types.ts";
export { type SignedWebhook, type SignedWebhookOptions, signedWebhook } from "./signed-webhook.ts";
export { waitForFresh } from "./wait-for-fresh.ts";
