/**
 * Returns the name that was most likely meant, or undefined if none is similar. Ignores case, hyphens and underscores, so
 * that Python's `run_name` finds `runName`.
 */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  // Longer words are not misspellings, and the distance takes time.
  if (wrong.length > 100) return undefined;
  const word = normalize(wrong);
  let nearest: string | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = distanceOf(word, normalize(name));
    if (distance >= shortest) continue;
    nearest = name;
    shortest = distance;
  }
  return nearest;
}

function normalize(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
}

/** Infinite for words that are not similar. */
function distanceOf(wrong: string, name: string): number {
  if (wrong === name) return 0;
  const [short, long] = wrong.length < name.length ? [wrong, name] : [name, wrong];
  const distance = countEdits(wrong, name);
  if (distance <= Math.max(1, Math.floor(name.length / 3))) return distance;
  // A word is missing or added: `timeout` for `timeoutMs`.
  const isPart = short.length >= 4 && (long.startsWith(short) || long.endsWith(short));
  return isPart ? distance : Number.POSITIVE_INFINITY;
}

/** Counts the characters to insert, delete, replace, or swap with the next one. */
function countEdits(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let edits = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
      );
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwap && row > 1) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length]!;
}
