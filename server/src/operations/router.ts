import { router } from "../kernel/procedure.ts";
import { access } from "./access.ts";
import {
  acceptRelease,
  compareRelease,
  discardRelease,
  drop,
  pause,
  rebuild,
  refresh,
  repair,
  resume,
  returnToPrevious,
  verify,
} from "./actions.ts";
import { behind } from "./behind.ts";
import { configuration } from "./configuration.ts";
import { conflicts } from "./conflicts.ts";
import { readModelCosts } from "./costs.ts";
import { describe } from "./describe.ts";
import { generations, heldKeys, log, verifications } from "./details.ts";
import { diagnosis } from "./diagnosis.ts";
import { lagHistory, refreshHistory } from "./history.ts";
import { incidents } from "./incidents.ts";
import { discardJob, retryJob } from "./job-actions.ts";
import { jobs } from "./jobs.ts";
import { createKey, revokeKey } from "./key-actions.ts";
import { lag } from "./lag.ts";
import { partners } from "./partners.ts";
import { pendingKeys } from "./pending.ts";
import { trace } from "./trace.ts";
import { readModelRows, why } from "./why.ts";

/** What operations people ask and do. */
export const operationsRouter = router({
  ...{ access, behind, describe, lag, lagHistory, refreshHistory, readModelCosts },
  ...{ generations, pendingKeys, heldKeys, verifications, conflicts, log, diagnosis, trace },
  ...{ jobs, retryJob, discardJob, partners, createKey, revokeKey },
  ...{ incidents, configuration, why, readModelRows },
  ...{ acceptRelease, compareRelease, discardRelease },
  ...{ pause, resume, refresh, rebuild, returnToPrevious, verify, repair, drop },
});
