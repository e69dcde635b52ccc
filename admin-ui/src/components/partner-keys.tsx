import type { PartnersData } from "@selvedge/sdk";
import { countOf } from "../format.ts";
import { Action } from "./action.tsx";
import { DataTable } from "./data-table.tsx";
import { Moment } from "./moment.tsx";

interface Props {
  readonly partner: string;
  readonly keys: PartnersData["partners"][number]["keys"];
}

/** The keys of one partner: what they may do, their lives, and the way to end them. */
export function PartnerKeys({ partner, keys }: Props) {
  if (keys.length === 0) {
    return (
      <p className="detail">None: the host lets it in, or it calls from the machine itself.</p>
    );
  }
  const isLast = keys.filter(({ revoked }) => revoked === null).length === 1;
  return (
    <DataTable
      label="Keys"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        { head: "Key", meaning: "partnerKey", cell: ({ hint }) => <code>{hint}</code> },
        { head: "May", meaning: "scope", cell: ({ scopes }) => <bdi>{scopes.join(", ")}</bdi> },
        {
          head: "Made",
          cell: ({ createdAt, createdBy }) => (
            <>
              <Moment at={createdAt} />
              {createdBy !== null && (
                <span className="sub">
                  by <bdi>{createdBy}</bdi>
                </span>
              )}
            </>
          ),
        },
        {
          head: "Last used",
          cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <Moment at={lastUsedAt} />),
        },
        {
          head: "State",
          cell: ({ id, hint, revoked }) =>
            revoked === null ? (
              <Action
                label="Revoke"
                scope="keys:write"
                consequence={consequenceOf(partner, hint, isLast)}
                act={({ operations }, reason) => operations.revokeKey({ id, reason })}
                done={({ subscriptionsStopped: n }) =>
                  n > 0 ? `Revoked; ${countOf(n, "webhook")} stopped.` : "Revoked."
                }
                isGrave
              />
            ) : (
              <>
                revoked <Moment at={revoked.at} />
                <span className="sub">
                  {revoked.by !== null && (
                    <>
                      by <bdi>{revoked.by}</bdi>
                    </>
                  )}
                  {revoked.reason !== null && (
                    <>
                      {": "}
                      <bdi>{revoked.reason}</bdi>
                    </>
                  )}
                </span>
              </>
            ),
        },
      ]}
    />
  );
}

function consequenceOf(partner: string, hint: string, isLast: boolean): string {
  const all = `Calls with ${hint} are refused from now on, and streams of it end. It cannot be undone.`;
  if (!isLast) return all;
  return `${all} It is the last valid key of ${partner}: its webhooks stop as well, until somebody resumes them.`;
}
