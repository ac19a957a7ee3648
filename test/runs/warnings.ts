import { vi } from "vitest";

/** Collects the lines written to stderr from now on, instead of printing them. */
export function warnings(): { readonly lines: string[]; clear(): void } {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  return { lines, clear: () => void lines.splice(0) };
}
