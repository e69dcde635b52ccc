/* A command of the host's own CLI, which loads its modules as the server does: no role, no work. */
import { text } from "node:stream/consumers";
import { createSelvedge } from "@selvedge/server";

const selvedge = createSelvedge({
  databaseUrl: process.env.DATABASE_URL,
  roles: [],
  migrate: "off",
});
selvedge.on({ name: "erp-bus" }, () => console.log("told"));
await selvedge.start();
console.log(`state ${selvedge.state.status}`);
await text(process.stdin);
await selvedge.stop();
console.log(`state ${selvedge.state.status}`);
