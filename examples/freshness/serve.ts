import { fileURLToPath } from "node:url";
import { createSelvedge } from "@selvedge/server";
import express from "express";

/*
 * A page of a platform that shows how fresh two read models are, under a strict policy.
 * Build the script first (`npm run build`), say which database in DATABASE_URL, and run it:
 * `node --conditions=selvedge-source examples/freshness/serve.ts`
 */

const databaseUrl = process.env.DATABASE_URL ?? "postgres://localhost/erp";
const selvedge = createSelvedge({ databaseUrl });
await selvedge.start();

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'";
const app = express();
app.use("/selvedge", selvedge.handler);
app.use((_req, res, next) => {
  res.setHeader("content-security-policy", policy);
  next();
});
app.use(express.static(fileURLToPath(new URL(".", import.meta.url)), { extensions: ["html"] }));
const server = app.listen(3_000, "127.0.0.1", () => console.log("http://127.0.0.1:3000/"));

process.once("SIGTERM", () => {
  server.close();
  void selvedge.stop();
});
