import { startFrom } from "./postgres.ts";

/**
 * A process that holds an embedded PostgreSQL, for tests that kill it or run it as another user. It
 * prints one line of JSON when the start succeeded or failed, answers Ctrl-C with a line, and stops
 * PostgreSQL when its standard input ends.
 */
const [request] = process.argv.slice(2);
const { platform, options, forget } = JSON.parse(request ?? "{}");

process.on("SIGINT", () => console.log(JSON.stringify({ interrupted: true })));
try {
  const postgres = await startFrom(platform, options);
  const { stop: _, ...facts } = postgres;
  console.log(JSON.stringify(facts));
  if (!forget) {
    process.stdin.resume().once("end", () => postgres.stop());
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  console.log(JSON.stringify({ code: code ?? "?", message }));
  process.exitCode = 1;
}
