import type { PartnersData } from "@selvedge/sdk";
import { Link } from "wouter";
import { CreateKey } from "../components/create-key.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Facts } from "../components/facts.tsx";
import { Moment } from "../components/moment.tsx";
import { PartnerKeys } from "../components/partner-keys.tsx";
import { Section } from "../components/section.tsx";
import { StatusChip } from "../components/status-chip.tsx";
import { formatCount } from "../format.ts";
import { partnerPlace } from "../places.ts";
import type { StatusWords } from "../status.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

type Partner = PartnersData["partners"][number];

const DEPRECATED: StatusWords = {
  label: "Deprecated",
  tone: "warn",
  meaning: "It goes on working for now. Tell the partner what to call instead, before it goes.",
};

/** Who calls the house, with which keys and SDKs, and what of. */
export function PartnersPage({ partner }: { readonly partner: string | undefined }) {
  useTitle(partner ?? "Partners");
  const news = useNews(
    ["operations.partners"],
    ({ operations }, options) => operations.partners({}, options),
    { everyMs: 5_000 },
  );
  if (partner === undefined) {
    return (
      <Section
        title="Partners"
        news={news}
        side={<CreateKey />}
        empty={{
          when: ({ partners }) => partners.length === 0,
          say: "Nobody has called yet and no key was made. Create a key to let the first partner in.",
        }}
      >
        {(answer) => <All answer={answer} />}
      </Section>
    );
  }
  return (
    <Section title={partner} news={news} side={<CreateKey partner={partner} />}>
      {({ partners, days }) => {
        const found = partners.find((one) => one.partner === partner);
        return (
          <>
            <p className="back">
              <Link href="/partners">All partners</Link>
            </p>
            {found ? (
              <One partner={found} days={days} />
            ) : (
              <p className="detail">Nobody of this name has a key or has called.</p>
            )}
          </>
        );
      }}
    </Section>
  );
}

function All({ answer: { partners, days } }: { readonly answer: PartnersData }) {
  return (
    <DataTable
      label="Partners"
      rows={partners}
      keyOf={({ partner }) => partner}
      columns={[
        {
          head: "Partner",
          meaning: "partner",
          cell: ({ partner }) => (
            <Link href={partnerPlace(partner)}>
              <bdi>{partner}</bdi>
            </Link>
          ),
        },
        {
          head: "Valid keys",
          meaning: "partnerKey",
          isNumber: true,
          cell: ({ keys }) => formatCount(keys.filter(({ revoked }) => revoked === null).length),
        },
        {
          head: "Calls with",
          meaning: "callsWith",
          cell: ({ sdks: [newest] }) => sdkInWords(newest?.sdk),
        },
        {
          head: `Calls, ${days} days`,
          isNumber: true,
          cell: ({ procedures }) => formatCount(callsOf(procedures)),
        },
        {
          head: "Last call",
          cell: ({ procedures: [newest] }) =>
            newest === undefined ? "never" : <Moment at={newest.lastAt} />,
        },
        {
          head: "Uses what is deprecated",
          meaning: "deprecated",
          cell: ({ procedures }) => {
            const old = procedures.filter(({ deprecated }) => deprecated !== null);
            return old.length === 0 ? "no" : <StatusChip words={DEPRECATED} />;
          },
        },
        {
          head: "Webhooks",
          meaning: "webhooks",
          cell: ({ subscriptions: { told, paused } }) =>
            told + paused === 0 ? "none" : `${told} told${paused > 0 ? `, ${paused} stopped` : ""}`,
        },
      ]}
    />
  );
}

function One({ partner, days }: { readonly partner: Partner; readonly days: number }) {
  const { keys, sdks, procedures, subscriptions } = partner;
  const [newest] = procedures;
  return (
    <>
      <Facts
        of={{
          "Last call": newest === undefined ? "never" : <Moment at={newest.lastAt} />,
          [`Calls, ${days} days`]: formatCount(callsOf(procedures)),
          "Calls with":
            sdks.length === 0 ? "nothing yet" : sdks.map(({ sdk }) => sdkInWords(sdk)).join(", "),
          "Webhooks told": formatCount(subscriptions.told),
          "Webhooks stopped": formatCount(subscriptions.paused),
        }}
      />
      <h3>Keys</h3>
      <PartnerKeys partner={partner.partner} keys={keys} />
      <h3>What it called</h3>
      {procedures.length === 0 ? (
        <p className="detail">Nothing in the last {days} days.</p>
      ) : (
        <DataTable
          label="What it called"
          rows={procedures}
          keyOf={({ procedure }) => procedure}
          columns={[
            { head: "Procedure", cell: ({ procedure }) => <bdi>{procedure}</bdi> },
            { head: "Calls", isNumber: true, cell: ({ calls }) => formatCount(calls) },
            { head: "Last", cell: ({ lastAt }) => <Moment at={lastAt} /> },
            {
              head: "Remark",
              cell: ({ deprecated }) =>
                deprecated !== null && (
                  <>
                    <StatusChip words={DEPRECATED} /> <bdi>{deprecated}</bdi>
                  </>
                ),
            },
          ]}
        />
      )}
    </>
  );
}

function callsOf(procedures: Partner["procedures"]): number {
  return procedures.reduce((sum, { calls }) => sum + calls, 0);
}

function sdkInWords(sdk: string | undefined): string {
  if (sdk === undefined) return "nothing yet";
  return sdk === "" ? "no SDK" : `SDK ${sdk}`;
}
