import { contractHash } from "./api.gen.ts";

export { sdkVersion } from "./version.gen.ts";

/** As much of the contract's hash as travels with a call. */
export const contractSaid = contractHash.slice(0, 16);
