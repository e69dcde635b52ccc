interface Props {
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

/** A key of a read model, as a person reads it: `sku TEE-RED-M, grade A`. */
export function KeyValues({ values }: Props) {
  return (
    <span className="key">
      {Object.entries(values).map(([column, value]) => (
        <span key={column}>
          {column.replaceAll("_", " ")} <bdi>{String(value)}</bdi>
        </span>
      ))}
    </span>
  );
}
