/** A number with its noun: "1 trace", "2 traces". `many`: the noun for other numbers than 1. Default: with an s. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
