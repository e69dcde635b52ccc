export { contractHash } from "./api.gen.js";
export { Selvedge } from "./client.js";
export { isSelvedgeError, SelvedgeError, } from "./errors.js";
export { safe } from "./safe.js";
