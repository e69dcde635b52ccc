/** What a queue is for, in words; its own name below. */
export function Work({ queue, about }: { readonly queue: string; readonly about?: string | null }) {
  return (
    <>
      {wordsForQueue(queue)}
      <span className="sub">
        <bdi>{queue}</bdi>
        {about && about !== queue && (
          <>
            {" · "}
            <bdi>{about}</bdi>
          </>
        )}
      </span>
    </>
  );
}

function wordsForQueue(queue: string): string {
  if (queue.startsWith("refresh-")) return `Keeps ${queue.slice("refresh-".length)} fresh`;
  if (queue === "build") return "Builds new copies of read models";
  if (queue === "verify") return "Compares read models with the books";
  if (queue === "webhooks") return "Tells webhooks";
  return "Work of the host";
}
