/* What a partner writes to receive webhooks. */
import {
  isSelvedgeError,
  type VerifiedWebhook,
  verifyWebhook,
  type WebhookRefusal,
} from "@selvedge/sdk/webhooks";

/** Answers one webhook with a status. */
export async function receive(
  headers: Record<string, string | string[] | undefined>,
  body: Uint8Array,
  secret: string,
): Promise<number> {
  try {
    const { id, payload }: VerifiedWebhook = await verifyWebhook({ headers, body }, { secret });
    return typeof payload === "object" && id !== "" ? 204 : 400;
  } catch (error) {
    if (!isSelvedgeError<WebhookRefusal>(error)) throw error;
    // @ts-expect-error: no reason for which a webhook is refused
    if (error.reason === "bin-full") return 500;
    return error.reason === "too-old" ? 400 : 401;
  }
}
