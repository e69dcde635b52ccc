import { contractHash } from "./api.gen.ts";

/** This package's version, as told to the server. */
export const sdkVersion = "0.1.0";

/** As much of the contract's hash as travels with a call. */
export const contractSaid = contractHash.slice(0, 16);
