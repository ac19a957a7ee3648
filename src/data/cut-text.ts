/** A credential that the cut would halve is looked for in so much of what follows. */
const MARGIN = 1100;

/** The first `kept` characters, without what `clean` takes out of them, and a mark that says what is missing. */
export function cutText(
  text: string,
  kept: number,
  clean: (text: string) => string = (head) => head,
): string {
  const head = clean(text.slice(0, kept + MARGIN)).slice(0, kept);
  // Copied: a slice would keep the whole text in memory.
  const copy = Buffer.from(head).toString();
  return `${copy}[cut: ${text.length - kept} of ${text.length} characters]`;
}
