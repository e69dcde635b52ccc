/** What somebody wrote, in their words. */
export function Quote({ text }: { readonly text: string }) {
  return (
    <p>
      “<bdi>{text}</bdi>”
    </p>
  );
}
