import { Selvedge } from "@selvedge/sdk";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { keepApiKey, readApiKey } from "./api-key.ts";
import { baseUrlOf } from "./base-url.ts";
import { LagPage } from "./components/lag-page.tsx";

/** What the page knows and asks as one caller. */
interface Connection {
  readonly number: number;
  readonly hasApiKey: boolean;
  readonly selvedge: Selvedge;
  readonly queries: QueryClient;
}

/** The whole page: a client of the SDK and what it shows. */
export function App() {
  const [connection, setConnection] = useState(() => connect(0, readApiKey()));
  const changeApiKey = (key: string | null) => {
    keepApiKey(key);
    setConnection(({ number }) => connect(number + 1, key));
  };
  // Keyed, so that nothing learnt as one caller is left on the page of another.
  return (
    <QueryClientProvider key={connection.number} client={connection.queries}>
      <LagPage
        selvedge={connection.selvedge}
        hasApiKey={connection.hasApiKey}
        onApiKey={changeApiKey}
      />
    </QueryClientProvider>
  );
}

function connect(number: number, apiKey: string | null): Connection {
  const baseUrl = baseUrlOf(document.baseURI);
  return {
    number,
    hasApiKey: apiKey !== null,
    // No repetitions: the next question is a second away, and a failure must be seen at once.
    selvedge: new Selvedge({ baseUrl, apiKey: apiKey ?? undefined, retriesMax: 0 }),
    queries: new QueryClient(),
  };
}
