import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { texts } from "../settings/kinds.js";
import { QUERY_OPTIONS } from "../settings/search-options.js";
import { allOf } from "../store/filter.js";
import { type Search, searchBy } from "../store/search.js";
import { checkPlaces, experimentIdsOf } from "../store/search-places.js";
import { idOrIds, inStore } from "./datasets.js";
import { EvaluationDataset } from "./evaluation-dataset.js";

/** The options of {@link searchDatasets}. All are optional. */
export interface SearchDatasetsOptions {
  /** Only datasets of these experiments. Default: of all experiments. */
  readonly experimentIds?: string | readonly string[];
  /** The experiments by name, instead of `experimentIds`. A name that does not exist is ignored, with a warning. */
  readonly experimentNames?: readonly string[];
  /**
   * MLflow's filter language, for example `name LIKE 'support%' AND tags.team = 'docs'`. Keys are `name`, `created_by`,
   * `last_updated_by`, `created_time`, `last_update_time` and `tags.<key>`.
   */
  readonly filter?: string;
  /** Another name of `filter`, as in Python. */
  readonly filterString?: string;
  /** `name`, `created_time` or `last_update_time`, with an optional `ASC` or `DESC`. Default: `["created_time DESC"]`. */
  readonly orderBy?: readonly string[];
  /** The number of datasets per page. Default: 50. */
  readonly maxResults?: number;
}

/** The result of {@link searchDatasets}. `for await` reads all datasets, page by page. `page()` returns one page. */
export type DatasetSearch = Search<EvaluationDataset>;

const OPTIONS: OptionKinds<SearchDatasetsOptions> = {
  experimentIds: idOrIds,
  experimentNames: texts,
  ...QUERY_OPTIONS,
};

const CALLER = "searchDatasets()";

/**
 * Searches datasets, newest first by default. Mirrors `mlflow.genai.datasets.search_datasets`; without a filter, it also returns
 * datasets that are older than seven days.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors of the
 * store.
 * @example
 * for await (const { name, profile } of genai.searchDatasets({ filter: "tags.team = 'docs'" })) console.log(name, profile);
 */
export function searchDatasets(options: SearchDatasetsOptions = {}): DatasetSearch {
  const given = readOptions(CALLER, options, OPTIONS, { filterString: "filter" });
  const { experimentIds, experimentNames = [], orderBy, maxResults } = given;
  const ids = [experimentIds ?? []].flat();
  checkPlaces({ experimentIds: ids, experimentNames });
  const read = (pageToken?: string, untilMs?: number) =>
    inStore(async (store) => {
      const isAnywhere = ids.length === 0 && experimentNames.length === 0;
      const places = { experimentIds: ids, experimentNames };
      const found = isAnywhere ? [] : await experimentIdsOf(store, places, async () => "");
      // None of the names exists.
      if (!isAnywhere && found.length === 0) return { items: [] };
      const isOldEnough = untilMs === undefined ? undefined : `created_time <= ${untilMs}`;
      const filter = allOf(given.filter, isOldEnough);
      const { items, ...next } = await store.searchDatasets({
        experimentIds: found,
        ...(filter !== undefined && { filter }),
        ...(orderBy && { orderBy }),
        ...(maxResults !== undefined && { maxResults }),
        ...(pageToken !== undefined && { pageToken }),
      });
      return { items: items.map((dataset) => new EvaluationDataset(store, dataset)), ...next };
    });
  return searchBy("datasets", read, {
    idOf: ({ datasetId }) => datasetId,
    ...(!orderBy && { timeMsOf: ({ createdTimeMs }) => createdTimeMs }),
  });
}
