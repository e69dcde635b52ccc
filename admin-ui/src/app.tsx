import { Selvedge } from "@selvedge/sdk";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
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
import { keyOf, textIn } from "./places.ts";
import { SelvedgeContext } from "./selvedge-context.ts";
import { usePlace } from "./use-place.ts";

// These are asked for less often than the overview, and come when they are.
const IncidentsPage = lazy(async () => ({
  default: (await import("./pages/incidents-page.tsx")).IncidentsPage,
}));
const JobsPage = lazy(async () => ({ default: (await import("./pages/jobs-page.tsx")).JobsPage }));
const JournalPage = lazy(async () => ({
  default: (await import("./pages/journal-page.tsx")).JournalPage,
}));
const PartnersPage = lazy(async () => ({
  default: (await import("./pages/partners-page.tsx")).PartnersPage,
}));
const ReleasesPage = lazy(async () => ({
  default: (await import("./pages/releases-page.tsx")).ReleasesPage,
}));
const SettingsPage = lazy(async () => ({
  default: (await import("./pages/settings-page.tsx")).SettingsPage,
}));

const WhyPage = lazy(async () => ({ default: (await import("./pages/why-page.tsx")).WhyPage }));

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
              <Suspense fallback={<p className="detail">One moment…</p>}>
                <Switch>
                  <Route path="/read-models/:name/:span?">
                    {({ name, span }) => (
                      <ReadModelPage key={name} {...{ view, span }} name={textIn(name)} />
                    )}
                  </Route>
                  <Route path="/commands/:span?">
                    {({ span }) => <CommandsPage span={span} />}
                  </Route>
                  <Route path="/trace/:command?">
                    {({ command }) => <TracePage key={command} command={textIn(command)} />}
                  </Route>
                  <Route path="/passport/:lpn?">
                    {({ lpn }) => <PassportPage key={lpn} lpn={textIn(lpn)} />}
                  </Route>
                  <Route path="/journal/:kind?/:id?">
                    {({ kind, id }) => (
                      <JournalPage key={`${kind}/${id}`} kind={textIn(kind)} id={textIn(id)} />
                    )}
                  </Route>
                  <Route path="/incidents">
                    <IncidentsPage />
                  </Route>
                  <Route path="/releases">
                    <ReleasesPage />
                  </Route>
                  <Route path="/why/:name/:key?">
                    {({ name, key }) => (
                      <WhyPage key={name} name={textIn(name)} of={keyOf(textIn(key))} />
                    )}
                  </Route>
                  <Route path="/jobs">
                    <JobsPage />
                  </Route>
                  <Route path="/partners/:partner?">
                    {({ partner }) => <PartnersPage key={partner} partner={textIn(partner)} />}
                  </Route>
                  <Route path="/settings">
                    <SettingsPage names={view.report.readModels.map(({ name }) => name)} />
                  </Route>
                  <Route path="/log">
                    <LogPage />
                  </Route>
                  <Route>
                    <OverviewPage view={view} />
                  </Route>
                </Switch>
              </Suspense>
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
