/* A host that is CommonJS. */
const { createSelvedge, SelvedgeError } = require("@selvedge/server");

const selvedge = createSelvedge({ databaseUrl: "postgres://127.0.0.1:1/none" });
const identity = { tenant: "default", partner: "erp", actor: "maria", scopes: ["*"] };
selvedge.ask("orders.orderTotals", {}, identity).catch((error) => {
  console.log(selvedge.state.status, error instanceof SelvedgeError, error.code);
});
