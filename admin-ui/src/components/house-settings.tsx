import type { ChangeSettingsInput, SettingsInForceData } from "@selvedge/sdk";
import { formatCount } from "../format.ts";
import { useNews } from "../use-news.ts";
import { Facts } from "./facts.tsx";
import { Section } from "./section.tsx";
import { type Field, SettingsForm } from "./settings-form.tsx";

const grade: readonly Field[] = [
  { name: "code", label: "Code", kind: "text" },
  { name: "name", label: "What it means", kind: "text" },
  { name: "sellable", label: "Sold", kind: "yes" },
  { name: "forbidsWear", label: "Rules out wear", kind: "yes" },
];
const carrier: readonly Field[] = [
  { name: "name", label: "Carrier", kind: "text" },
  { name: "cutOff", label: "Parcels by (UTC)", kind: "time" },
];
const days: readonly Field[] = [{ name: "days", label: "Days", kind: "number" }];

/** What the house has decided, each to be changed in its place. */
export function HouseSettings({ names }: { readonly names: readonly string[] }) {
  const news = useNews(
    ["settings.settingsInForce"],
    async ({ settings }, options) => (await settings.settingsInForce({}, options)).data,
    { everyMs: 5_000 },
  );
  return (
    <Section title="What the house has decided" news={news}>
      {(data) => (
        <>
          <Facts
            of={{
              Version: data.version === 0 ? "none: the defaults hold" : formatCount(data.version),
              "Kinds of bins": "pick, reserve, quarantine, return, pack",
            }}
          />
          <Forms data={data} names={names} />
        </>
      )}
    </Section>
  );
}

function Forms(props: { readonly data: SettingsInForceData; readonly names: readonly string[] }) {
  const { grades, carriers, promises, returnWindowDays } = props.data;
  const promise: readonly Field[] = [
    {
      name: "readModel",
      label: "Read model",
      meaning: "readModel",
      kind: "text",
      choices: props.names,
    },
    { name: "ms", label: "At most behind, ms", meaning: "promise", kind: "number" },
  ];
  return (
    <div className="settings">
      <SettingsForm
        title="Return window"
        says="So many days after it was handed over a parcel may come back."
        fields={days}
        rows={[{ days: returnWindowDays }]}
        isSingle
        changes={([row]) => ({ returnWindowDays: Number(row?.days) })}
      />
      <SettingsForm
        title="Carriers"
        says="By when each carrier's parcels have to be handed over, each day."
        fields={carrier}
        rows={carriers}
        changes={(rows) => ({ carriers: rows as ChangeSettingsInput["carriers"] })}
      />
      <SettingsForm
        title="Grades"
        says="What pieces are graded with, the best first. A grade that a piece has cannot go."
        fields={grade}
        rows={grades}
        changes={(rows) => ({ grades: rows as ChangeSettingsInput["grades"] })}
      />
      <SettingsForm
        title="Promises"
        says="How far behind a read model may be for this house, where it is not as declared."
        fields={promise}
        rows={Object.entries(promises).map(([readModel, ms]) => ({ readModel, ms }))}
        changes={(rows) => ({
          promises: Object.fromEntries(
            rows.map(({ readModel, ms }) => [String(readModel), Number(ms)]),
          ),
        })}
      />
    </div>
  );
}
