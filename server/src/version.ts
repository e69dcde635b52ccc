import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** This server's version: that of its package. */
export const serverVersion = (require("../package.json") as { version: string }).version;

/** The oldest SDK that this server takes; `test/contracts` keeps what it and all since rely on. */
export const oldestSdk = "0.1.0";
