import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** This server's version: that of its package. */
export const serverVersion = (require("../package.json") as { version: string }).version;
