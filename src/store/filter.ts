/** Joins conditions of MLflow's filter language. Undefined and empty conditions are ignored. */
export function allOf(...conditions: readonly (string | undefined)[]): string | undefined {
  const given = conditions.filter((condition) => condition?.trim());
  return given.length > 0 ? given.join(" AND ") : undefined;
}
