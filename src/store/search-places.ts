import { invalidParameter } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import type { SearchOptions } from "../settings/search-options.js";
import { collectPages } from "./pages.js";
import type { ExperimentStore } from "./store.js";

type Places = Pick<SearchOptions, "experimentIds" | "experimentNames" | "searchAllExperiments">;

/**
 * Checks the options that name experiments. As in Python, an empty array counts as missing.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for both ids and names.
 */
export function checkPlaces({ experimentIds = [], experimentNames = [] }: Places): void {
  if (experimentIds.length === 0 || experimentNames.length === 0) return;
  throw invalidParameter(
    "Only `experimentIds` or `experimentNames` can be used, but not both. Pass one of them.",
  );
}

/** Returns the ids of the experiments to search. `activeId` returns the active experiment, which is the default. */
export async function experimentIdsOf(
  store: Pick<ExperimentStore, "searchExperiments" | "getExperimentByName">,
  { experimentIds = [], experimentNames = [], searchAllExperiments = false }: Places,
  activeId: () => Promise<string>,
): Promise<readonly string[]> {
  if (experimentIds.length > 0) return experimentIds;
  if (experimentNames.length > 0) return idsOfNames(store, experimentNames);
  if (!searchAllExperiments) return [await activeId()];
  const all = await collectPages("experiments", (pageToken) =>
    store.searchExperiments(pageToken ? { pageToken } : {}),
  );
  const active = all.filter(({ lifecycleStage }) => lifecycleStage === "active");
  return active.map(({ experimentId }) => experimentId);
}

async function idsOfNames(
  store: Pick<ExperimentStore, "getExperimentByName">,
  names: readonly string[],
): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const name of names) {
    const found = await store.getExperimentByName(name);
    if (found) ids.add(found.experimentId);
    else warnOnce(`experiment ${name}`, `Cannot retrieve experiment by name ${name}`);
  }
  return [...ids];
}
