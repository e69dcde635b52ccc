export { isSelvedgeError, SelvedgeError } from "../errors.ts";
export {
  type ReceivedWebhook,
  type VerifiedWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookRefusal,
} from "./verify-webhook.ts";
