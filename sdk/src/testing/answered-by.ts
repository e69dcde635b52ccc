import type { FakeSelvedge } from "../test-kit/index.ts";
import type { Step } from "./scripted-server.ts";

/** Has a real HTTP server answer what a fake would; where that loses a call, it hangs up. */
export function answeredBy(fake: FakeSelvedge): Step {
  return async (response, { path, headers, body }) => {
    const asked = fake.options.fetch?.(`http://fake.test${path}`, {
      method: "POST",
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      body: JSON.stringify(body),
    });
    const answer = await asked?.catch(() => undefined);
    if (!answer) return void response.destroy();
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  };
}
