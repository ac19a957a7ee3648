import type { OptionKinds } from "./check-options.js";
import { flag, positiveInteger, text, texts } from "./kinds.js";

/** Which experiments a search reads, and what it returns of them. */
export interface SearchOptions {
  /** Default: the active experiment. */
  readonly experimentIds?: readonly string[];
  /** Another name of `experimentIds`, as in Python's `search_traces`. */
  readonly locations?: readonly string[];
  /** The experiments by name, instead of `experimentIds`. A name that does not exist is ignored, with a warning. */
  readonly experimentNames?: readonly string[];
  /** Searches all active experiments, if neither ids nor names are given. Default: false. */
  readonly searchAllExperiments?: boolean;
  /** MLflow's filter language. */
  readonly filter?: string;
  /** Another name of `filter`, as in Python. */
  readonly filterString?: string;
  /** Keys with an optional `ASC` or `DESC`. */
  readonly orderBy?: readonly string[];
  /** The number of items per page. */
  readonly maxResults?: number;
}

/** What every search has. */
export const QUERY_OPTIONS = {
  filter: text,
  filterString: text,
  orderBy: texts,
  maxResults: positiveInteger,
};

export const SEARCH_OPTIONS: OptionKinds<SearchOptions> = {
  experimentIds: texts,
  locations: texts,
  experimentNames: texts,
  searchAllExperiments: flag,
  ...QUERY_OPTIONS,
};

/** Python's names of options, and the options of all searches that they stand for. */
export const SEARCH_ALIASES = { filterString: "filter", locations: "experimentIds" } as const;
