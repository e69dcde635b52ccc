import { useEffect, useState } from "react";
import { type Announcement, nextAnnouncement } from "../announcement.ts";

/** Reads the state to people who do not see the page; when it changes, not each second. */
export function Announcer({ sentence }: { readonly sentence: string }) {
  const [last, setLast] = useState<Announcement | null>(null);
  useEffect(() => {
    const consider = () => setLast((before) => nextAnnouncement(before, sentence, Date.now()));
    consider();
    const timer = setInterval(consider, 1_000);
    return () => clearInterval(timer);
  }, [sentence]);
  return (
    <p className="unseen" role="status">
      {last?.text}
    </p>
  );
}
