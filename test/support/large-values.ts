/** One item and four billion holes. */
export function sparseList(): unknown[] {
  const list: unknown[] = [];
  list[4e9] = 1;
  return list;
}
