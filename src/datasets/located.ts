/** A row that is not checked yet, and its place for errors, for example `rows.csv, line 4`. */
export interface Located {
  readonly value: unknown;
  readonly where: string;
}
