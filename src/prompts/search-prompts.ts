import { invalidParameter } from "../base/errors.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { positiveInteger, text, texts } from "../settings/kinds.js";
import { IS_PROMPT } from "../store/model-store.js";
import type { Page } from "../store/pages.js";
import { type Search, searchBy } from "../store/search.js";

/** A prompt: a name with versions. `loadPrompt()` returns a version. Mirrors `mlflow.entities.Prompt`. */
export interface Prompt {
  readonly name: string;
  readonly description: string | undefined;
  /** Milliseconds since 1970. */
  readonly creationTimestampMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The options of {@link searchPrompts}. All are optional. */
export interface SearchPromptsOptions {
  /** MLflow's filter language, for example `name LIKE 'greeting%'`, `tags.team = 'a'` or `experiment_id = '1'`. */
  readonly filter?: string;
  /** Another name of `filter`, as in Python. */
  readonly filterString?: string;
  /** The number of prompts per page. Default: 100. */
  readonly maxResults?: number;
  /** For example `["name DESC"]`. Default: by name. */
  readonly orderBy?: readonly string[];
}

const OPTIONS: OptionKinds<SearchPromptsOptions> = {
  filter: text,
  filterString: text,
  maxResults: positiveInteger,
  orderBy: texts,
};

/**
 * Searches prompts. `for await` reads all, page by page; `page()` returns one page. Mirrors `mlflow.genai.search_prompts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors
 * of the store.
 * @example
 * for await (const { name } of genai.searchPrompts({ filter: "name LIKE 'greeting%'" })) console.log(name);
 */
export function searchPrompts(options: SearchPromptsOptions = {}): Search<Prompt> {
  const given = readOptions("searchPrompts()", options, OPTIONS, { filterString: "filter" });
  const { filter, maxResults = 100, orderBy } = given;
  const query = { filter: filterOf(filter), maxResults, ...(orderBy && { orderBy }) };
  const read = async (pageToken: string | undefined): Promise<Page<Prompt>> => {
    const { store } = getPipeline().tracking.current();
    const { items, ...more } = await store.searchRegisteredModels({
      ...query,
      ...(pageToken !== undefined && { pageToken }),
    });
    return {
      ...more,
      items: items.map(({ name, description, creationTimeMs, tags }) => {
        const { [IS_PROMPT]: _mark, ...own } = tags;
        return { name, description, creationTimestampMs: creationTimeMs, tags: own };
      }),
    };
  };
  return searchBy("prompts", (pageToken) => hold(read(pageToken), ANSWER_TIMEOUT_MS), {
    idOf: ({ name }) => name,
  });
}

function filterOf(filter: string | undefined): string {
  const prompts = `tags.\`${IS_PROMPT}\` = 'true'`;
  const given = filter?.trim();
  if (!given) return prompts;
  const pattern = /\bexperiment_id\s*=\s*(['"])(.*?)\1/;
  const [, , id] = pattern.exec(given) ?? [];
  if (id === undefined) return `${prompts} AND ${given}`;
  if (!/^\d+$/.test(id)) {
    throw invalidParameter(`Invalid experiment_id: ${id}. Must be a numeric value.`);
  }
  // The tag lists the ids as `,1,2,`.
  const ofExperiment = given.replace(pattern, `tags._mlflow_experiment_ids LIKE '%,${id},%'`);
  return `${prompts} AND ${ofExperiment}`;
}
