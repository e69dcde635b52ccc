import { contractHash } from "./api.gen.js";
export { sdkVersion } from "./version.gen.js";
export const contractSaid = contractHash.slice(0, 16);
