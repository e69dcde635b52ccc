/** Signalled where a subscription was changed, to whoever delivers. */
export const webhooksChanged = "webhooks";
