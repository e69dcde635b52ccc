export { isSelvedgeError, SelvedgeError } from "../errors.js";
export { verifyWebhook, } from "./verify-webhook.js";
