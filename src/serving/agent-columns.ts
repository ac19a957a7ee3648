import type { ServedModel } from "./served-model.js";

/** Whether the model receives the whole request of an agent, because its signature has a column `input`. */
export function receivesRequest(model: ServedModel): boolean {
  return columnNames(model)?.includes("input") === true;
}

/** Whether the signature of the model refuses the requests of an agent. A model without a signature accepts them. */
export function refusesAgentRequests(model: ServedModel): boolean {
  const names = columnNames(model);
  return names !== undefined && !names.includes("input") && !names.includes("messages");
}

function columnNames({ metadata }: ServedModel) {
  const schema = metadata.signature?.inputs;
  // Columns without names are checked by their types only.
  return schema?.hasInputNames() ? schema.columns?.map(({ name }) => name) : undefined;
}
