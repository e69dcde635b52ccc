/*
 * A platform that has Selvedge as its guest: routes, sessions, a bus and a shutdown of its own. It
 * knows nothing of Selvedge but its package. EXPRESS names the package to use.
 */
import { once } from "node:events";
import { createSelvedge, SelvedgeError } from "@selvedge/server";

const { DATABASE_URL, EXPRESS, ON_START_FAILURE, PARSE } = process.env;
const { default: express } = await import(EXPRESS ?? "express");

const sessions = {
  maria: { actor: "maria", scopes: ["orders:*", "catalogue:*", "stock:*"] },
  guest: { actor: "guest", scopes: ["catalogue:read"] },
};
const identityOf = (name) =>
  sessions[name] && { tenant: "default", partner: "erp", ...sessions[name] };

const selvedge = createSelvedge({
  databaseUrl: DATABASE_URL,
  authenticate: (req) => identityOf(/session=(\w+)/.exec(req.headers.cookie ?? "")?.[1]),
  ...(ON_START_FAILURE && { onStartFailure: ON_START_FAILURE }),
});

/* Selvedge's events go to the host's bus, and the host's to Selvedge. */
const bus = [];
selvedge.on({ name: "erp-bus", from: "beginning" }, (event) => {
  bus.push(event);
});
selvedge.onHostEvent("product.created", async ({ data }, house) => {
  await house.execute("catalogue.registerVariant", { sku: data.sku });
  await house.execute("stock.addBatch", { ref: data.sku, sku: data.sku, qty: data.qty });
});

const app = express();
app.get("/before", (_req, res) => res.send("the host's own, before"));
app.use("/raw", express.raw({ type: "*/*" }), (req, res) => res.json({ bytes: req.body.length }));
if (PARSE === "before") app.use(express.json());
app.use("/selvedge", selvedge.handler);
app.use(express.json());
app.get("/selvedge-neighbour", (_req, res) => res.send("the host's own, beside"));
app.post("/after", (req, res) => res.json({ parsed: req.body, prototype: prototypeOf(req) }));
app.get("/bus", (_req, res) => res.json(bus));
app.get("/state", (_req, res) => res.json(selvedge.state));
app.post(
  "/bus",
  answered(({ body }) => selvedge.takeHostEvent({ ...body, identity: identityOf("maria") })),
);
app.post(
  "/orders",
  answered(({ body }) => selvedge.execute("orders.placeOrder", body, identityOf("maria"))),
);
app.post(
  "/stop-and-start",
  answered(async () => {
    await Promise.all([selvedge.stop(), selvedge.stop()]);
    const stopped = selvedge.state.status;
    await Promise.all([selvedge.start(), selvedge.start()]);
    return [stopped, selvedge.state.status];
  }),
);
app.use((_req, res) => res.status(404).send("the host's own 404"));

/** Answers what work gives, and a failure by its code; the host's own way. */
function answered(work) {
  return (req, res, next) => {
    work(req).then(
      (answer) => res.json({ answer }),
      (error) => {
        if (!(error instanceof SelvedgeError)) return next(error);
        res.status(422).json({ code: error.code, reason: error.reason });
      },
    );
  };
}

/** Whether a request is still the host's Express's own. */
function prototypeOf(req) {
  return (
    Object.getPrototypeOf(Object.getPrototypeOf(req)) === express.request ||
    Object.getPrototypeOf(req) === app.request
  );
}

const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
process.once("SIGTERM", async () => {
  // A host's usual way: it takes no more, and lets its guests end. It does not call process.exit.
  server.close();
  server.closeIdleConnections();
  await selvedge.stop();
  console.log("stopped");
});
try {
  await Promise.all([selvedge.start(), selvedge.start()]);
  console.log(`listening ${server.address().port} ${selvedge.state.status}`);
} catch {
  console.log(`failed ${selvedge.state.reason}`);
  server.close();
}
