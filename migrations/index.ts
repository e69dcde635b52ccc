import { WriteSide0001 } from "./0001-write-side.ts";
import { LagHistory0002 } from "./0002-lag-history.ts";
import { ReadModelCosts0003 } from "./0003-read-model-costs.ts";
import { Conflicts0004 } from "./0004-conflicts.ts";
import { Feed0005 } from "./0005-feed.ts";
import { Logistics0006 } from "./0006-logistics.ts";
import { Webhooks0007 } from "./0007-webhooks.ts";
import { ReportedTimes0008 } from "./0008-reported-times.ts";
import { PartnerUse0009 } from "./0009-partner-use.ts";
import { CommandsByWhom0010 } from "./0010-commands-by-whom.ts";
import { HostListeners0011 } from "./0011-host-listeners.ts";
import { Releases0012 } from "./0012-releases.ts";
import { Readers0013 } from "./0013-readers.ts";

/** All migrations in the order in which they run; forward only. */
export const migrations = [
  { name: "0001-write-side", class: WriteSide0001 },
  { name: "0002-lag-history", class: LagHistory0002 },
  { name: "0003-read-model-costs", class: ReadModelCosts0003 },
  { name: "0004-conflicts", class: Conflicts0004 },
  { name: "0005-feed", class: Feed0005 },
  { name: "0006-logistics", class: Logistics0006 },
  { name: "0007-webhooks", class: Webhooks0007 },
  { name: "0008-reported-times", class: ReportedTimes0008 },
  { name: "0009-partner-use", class: PartnerUse0009 },
  { name: "0010-commands-by-whom", class: CommandsByWhom0010 },
  { name: "0011-host-listeners", class: HostListeners0011 },
  { name: "0012-releases", class: Releases0012 },
  { name: "0013-readers", class: Readers0013 },
];
