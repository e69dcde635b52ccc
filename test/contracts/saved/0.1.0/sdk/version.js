import { contractHash } from "./api.gen.js";
export const sdkVersion = "0.1.0";
export const contractSaid = contractHash.slice(0, 16);
