export { manualClock } from "./clock.js";
export { fakeSelvedge } from "./fake-selvedge.js";
export { signedWebhook } from "./signed-webhook.js";
export { waitForFresh } from "./wait-for-fresh.js";
