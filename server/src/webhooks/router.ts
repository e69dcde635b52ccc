import { router } from "../kernel/procedure.ts";
import {
  pauseSubscription,
  resumeSubscription,
  rotateSecret,
  sendTest,
  unsubscribe,
} from "./change.ts";
import { deliveries, subscriptions } from "./look.ts";
import { subscribe } from "./subscribe.ts";

/** What partners ask and do to be told of events. */
export const webhooksRouter = router({
  ...{ subscriptions, deliveries, subscribe, unsubscribe },
  ...{ pauseSubscription, resumeSubscription, rotateSecret, sendTest },
});
