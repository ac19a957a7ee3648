import { vi } from "vitest";

/** What `work` writes on stderr, which for so long is a terminal or is none. */
export async function writtenOnStderr(isTTY: boolean, work: () => Promise<unknown>) {
  const { stderr } = process;
  const faked = { isTTY, columns: 100, cursorTo: () => true, clearLine: () => true };
  const before: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(stderr);
  const lines: string[] = [];
  const spy = vi.spyOn(stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  for (const [name, value] of Object.entries(faked)) {
    Object.defineProperty(stderr, name, { value, configurable: true });
  }
  try {
    await work();
  } finally {
    spy.mockRestore();
    for (const name of Object.keys(faked)) {
      Reflect.deleteProperty(stderr, name);
      if (before[name]) Object.defineProperty(stderr, name, before[name]);
    }
  }
  return lines.join("");
}
