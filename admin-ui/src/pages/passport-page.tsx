import { FindForm } from "../components/find-form.tsx";
import { Life } from "../components/life.tsx";
import { Section } from "../components/section.tsx";
import { passportPlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

/** One piece's whole life, from the journal. */
export function PassportPage({ lpn }: { readonly lpn: string | undefined }) {
  useTitle("Passport");
  return (
    <>
      <FindForm
        label="Licence plate of a garment"
        placeholder="LPN-…"
        value={lpn}
        placeOf={passportPlace}
      />
      {lpn !== undefined && <Passport lpn={lpn} />}
    </>
  );
}

function Passport({ lpn }: { readonly lpn: string }) {
  const news = useNews(
    ["journal.garmentPassport", lpn],
    async ({ journal }, options) =>
      (await journal.garmentPassport({ lpn, limit: 200 }, options)).data,
    { everyMs: 5_000 },
  );
  return (
    <Section
      title={`The life of ${lpn}`}
      news={news}
      empty={{ when: ({ rows }) => rows.length === 0, say: "Nobody knows a piece of this number." }}
    >
      {({ rows }) => <Life events={rows} kind="Garment" />}
    </Section>
  );
}
