import { formatCount } from "../format.ts";

interface Pair {
  readonly command: string;
  readonly other: string;
  readonly reruns: number;
  readonly refused: number;
}

/** Which commands met which: the darker, the more often; refusals are said apart. */
export function HeatMap({ pairs }: { readonly pairs: readonly Pair[] }) {
  const rows = [...new Set(pairs.map(({ command }) => command))].sort();
  const columns = [...new Set(pairs.map(({ other }) => other))].sort();
  const most = Math.max(...pairs.map(({ reruns, refused }) => reruns + refused));
  const find = (row: string, column: string) =>
    pairs.find(({ command, other }) => command === row && other === column);
  return (
    <div className="table-frame">
      <table className="heat" aria-label="Commands that met">
        <thead>
          <tr>
            <th scope="col">came late</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                <bdi>{column}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">
                <bdi>{row}</bdi>
              </th>
              {columns.map((column) => {
                const pair = find(row, column);
                const share = pair ? (pair.reruns + pair.refused) / most : 0;
                return (
                  <td key={column} data-heat={Math.ceil(share * 5)}>
                    {pair && (
                      <>
                        {formatCount(pair.reruns)} run again
                        {pair.refused > 0 && <b>{formatCount(pair.refused)} refused</b>}
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
