import { vi } from "vitest";

/** What is told on stderr from now on, instead of printing it. */
export function warnings(): { readonly lines: string[]; clear(): void } {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  return { lines, clear: () => void lines.splice(0) };
}
