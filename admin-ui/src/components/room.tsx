interface Props {
  readonly height: number;
  readonly columnCount: number;
}

/** The room that rows take which are not drawn. */
export function Room({ height, columnCount }: Props) {
  if (height <= 0) return null;
  return (
    <tr className="room">
      <td colSpan={columnCount} style={{ height }} />
    </tr>
  );
}
