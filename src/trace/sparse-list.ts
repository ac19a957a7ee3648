/** More holes in a row than these are one mark. */
const MAX_HOLES = 100;

/** How many holes of a sparse array follow one another from `index` on; 0 where they are few enough to show as null. */
export function holesAt(list: ArrayLike<unknown>, index: number, length: number): number {
  if (length <= MAX_HOLES || index in list || !Number.isFinite(length)) return 0;
  const end = Math.min(length, index + MAX_HOLES + 1);
  for (let at = index; at < end; at += 1) if (at in list) return 0;
  // Lists only the keys that are present, in their order.
  const next = Object.keys(list).find((key) => Number(key) > index);
  return Math.min(length, next === undefined ? length : Number(next)) - index;
}
