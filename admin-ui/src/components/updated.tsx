import { useEffect, useState } from "react";
import { formatAge } from "../format.ts";

interface Props {
  readonly receivedAt: number;
  readonly isLive: boolean;
}

/** Says how old the numbers of this page are. */
export function Updated({ receivedAt, isLive }: Props) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="updated" data-live={isLive}>
      <span className="pulse" aria-hidden="true" />
      updated <b>{formatAge(now - receivedAt)}</b> ago
    </span>
  );
}
