import { TenantSettings } from "./tenant-settings.ts";

/** What settings store. */
export const entities = [TenantSettings];
