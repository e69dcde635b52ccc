import { Selvedge } from "@selvedge/sdk";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Route, Router, Switch } from "wouter";
import { keepApiKey, readApiKey } from "./api-key.ts";
import { baseUrlOf } from "./base-url.ts";
import { Frame } from "./components/frame.tsx";
import { CommandsPage } from "./pages/commands-page.tsx";
import { LogPage } from "./pages/log-page.tsx";
import { OverviewPage } from "./pages/overview-page.tsx";
import { PassportPage } from "./pages/passport-page.tsx";
import { ReadModelPage } from "./pages/read-model-page.tsx";
import { TracePage } from "./pages/trace-page.tsx";
import { SelvedgeContext } from "./selvedge-context.ts";
import { usePlace } from "./use-place.ts";

/** What the page knows and asks as one caller. */
interface Connection {
  readonly number: number;
  readonly hasApiKey: boolean;
  readonly selvedge: Selvedge;
  readonly queries: QueryClient;
}

/** The whole page: a client of the SDK and what it shows; its address stands behind the `#`. */
export function App() {
  const [connection, setConnection] = useState(() => connect(0, readApiKey()));
  const changeApiKey = (key: string | null) => {
    keepApiKey(key);
    setConnection(({ number }) => connect(number + 1, key));
  };
  // Keyed, so that nothing learnt as one caller is left on the page of another.
  return (
    <QueryClientProvider key={connection.number} client={connection.queries}>
      <SelvedgeContext value={connection.selvedge}>
        <Router hook={usePlace}>
          <Frame hasApiKey={connection.hasApiKey} onApiKey={changeApiKey}>
            {(view) => (
              <Switch>
                <Route path="/read-models/:name/:span?">
                  {({ name, span }) => <ReadModelPage key={name} {...{ view, name, span }} />}
                </Route>
                <Route path="/commands/:span?">{({ span }) => <CommandsPage span={span} />}</Route>
                <Route path="/trace/:command?">
                  {({ command }) => <TracePage key={command} command={command} />}
                </Route>
                <Route path="/passport/:lpn?">
                  {({ lpn }) => <PassportPage key={lpn} lpn={lpn} />}
                </Route>
                <Route path="/log">
                  <LogPage />
                </Route>
                <Route>
                  <OverviewPage view={view} />
                </Route>
              </Switch>
            )}
          </Frame>
        </Router>
      </SelvedgeContext>
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
