import type { ChangeSettingsInput } from "@selvedge/sdk";
import { type FormEvent, useId, useState } from "react";
import type { DefinitionName } from "../definitions.ts";
import { explainFailure } from "../failure.ts";
import { refusalInWords } from "../refusal.ts";
import { useSelvedge } from "../selvedge-context.ts";
import { useAccess } from "../use-access.ts";
import { useAskAgain } from "../use-news.ts";
import { DataTable } from "./data-table.tsx";

/** One thing that is asked for in each row. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly meaning?: DefinitionName;
  readonly kind: "text" | "number" | "time" | "yes";
  readonly choices?: readonly string[];
}

type Row = Readonly<Record<string, string | number | boolean>>;

interface Props {
  readonly title: string;
  /** What it is for. */
  readonly says: string;
  readonly fields: readonly Field[];
  readonly rows: readonly Row[];
  /** There is one row, and always will be. */
  readonly isSingle?: boolean;
  readonly changes: (rows: readonly Row[]) => ChangeSettingsInput;
}

/** One setting, read until somebody edits it; what the house refuses is said where it was asked. */
export function SettingsForm({ title, says, fields, rows, isSingle, changes }: Props) {
  const id = useId();
  const selvedge = useSelvedge();
  const askAgain = useAskAgain();
  const { may } = useAccess();
  // What is being written stays as it is, whatever is asked again meanwhile.
  const [draft, setDraft] = useState<readonly Row[] | null>(null);
  const [outcome, setOutcome] = useState<{ readonly failed: boolean; readonly text: string }>();

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (draft === null) return;
    try {
      const { data } = await selvedge.settings.changeSettings(changes(draft));
      const text = data.changed ? `Saved as version ${data.version}.` : "It was so already.";
      setOutcome({ failed: false, text });
      setDraft(null);
    } catch (error) {
      setOutcome({ failed: true, text: refusalInWords(error) ?? explainFailure(error).title });
    }
    await askAgain();
  };
  return (
    <form className="setting" aria-labelledby={id} onSubmit={save}>
      <h3 id={id}>{title}</h3>
      <p className="detail">{says}</p>
      {draft === null ? (
        <Decided title={title} fields={fields} rows={rows} />
      ) : (
        draft.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: while it is written a row has no name
          <fieldset key={at} className="setting-row">
            <legend className="unseen">
              {title} {at + 1}
            </legend>
            {fields.map((field) => (
              <Input
                key={field.name}
                field={field}
                value={row[field.name]}
                onChange={(value) =>
                  setDraft(
                    draft.map((one, i) => (i === at ? { ...one, [field.name]: value } : one)),
                  )
                }
              />
            ))}
            {!isSingle && (
              <button
                type="button"
                className="quiet"
                onClick={() => setDraft(draft.filter((_, i) => i !== at))}
              >
                Remove
              </button>
            )}
          </fieldset>
        ))
      )}
      {outcome && (
        <p
          className={outcome.failed ? "part-failure" : "action-done"}
          role={outcome.failed ? "alert" : "status"}
        >
          {outcome.text}
        </p>
      )}
      <div className="actions in-row">
        {draft === null ? (
          may("settings:write") && (
            <button
              type="button"
              className="act"
              onClick={() => {
                setOutcome(undefined);
                setDraft(rows);
              }}
            >
              Change<span className="unseen"> {title}</span>
            </button>
          )
        ) : (
          <>
            {!isSingle && (
              <button
                type="button"
                className="quiet"
                onClick={() => setDraft([...draft, empty(fields)])}
              >
                Add
              </button>
            )}
            <button type="submit" className="act">
              Save
            </button>
            <button
              type="button"
              className="quiet"
              onClick={() => {
                setDraft(null);
                setOutcome(undefined);
              }}
            >
              Cancel
            </button>
          </>
        )}
      </div>
    </form>
  );
}

/** What holds, as it is read. */
function Decided({ title, fields, rows }: Pick<Props, "title" | "fields" | "rows">) {
  if (rows.length === 0) return <p>None.</p>;
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) {
    return (
      <p>
        <b>{String(rows[0]?.[only.name])}</b> {only.label.toLowerCase()}
      </p>
    );
  }
  return (
    <DataTable
      label={title}
      rows={rows}
      keyOf={(row) => JSON.stringify(row)}
      columns={fields.map(({ name, label, meaning, kind }) => ({
        ...{ head: label, meaning },
        cell: (row: Row) =>
          kind === "yes" ? row[name] ? "yes" : "no" : <bdi>{String(row[name])}</bdi>,
      }))}
    />
  );
}

function empty(fields: readonly Field[]): Row {
  return Object.fromEntries(fields.map(({ name, kind }) => [name, kind === "yes" ? false : ""]));
}

interface InputProps {
  readonly field: Field;
  readonly value: Row[string] | undefined;
  readonly onChange: (value: Row[string]) => void;
}

function Input({ field: { label, kind, choices }, value, onChange }: InputProps) {
  const id = useId();
  if (kind === "yes") {
    return (
      <label className="setting-field yes">
        <input
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{label}</span>
      </label>
    );
  }
  return (
    <label className="setting-field">
      <span>{label}</span>
      <input
        type={kind}
        required
        maxLength={100}
        min={kind === "number" ? 0 : undefined}
        list={choices ? `${id}-choices` : undefined}
        value={String(value ?? "")}
        onChange={(event) =>
          onChange(kind === "number" ? event.target.valueAsNumber : event.target.value)
        }
      />
      {choices && (
        <datalist id={`${id}-choices`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </label>
  );
}
