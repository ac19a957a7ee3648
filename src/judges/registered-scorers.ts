import type { Destination } from "../delivery/destination.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type NamedKinds, readNamed } from "../settings/check-options.js";
import { filledText, type Kind, kindOf, positiveInteger, required } from "../settings/kinds.js";
import type { ScorerVersion } from "../store/scorer-store.js";
import type { Judge } from "./judge.js";

/** The options of `genai.listScorers()`. */
export interface ListScorersOptions {
  /** Default: the active experiment. */
  readonly experimentId?: string;
  /** List all versions of this scorer. Default: the latest version of each scorer. */
  readonly name?: string;
}

/** The options of `genai.getScorer()`. */
export interface GetScorerOptions {
  readonly name: string;
  /** Default: the active experiment. */
  readonly experimentId?: string;
  /** Default: the latest version. */
  readonly version?: number;
}

/** The options of `genai.deleteScorer()`. */
export interface DeleteScorerOptions extends Omit<GetScorerOptions, "version"> {
  /** A version, or `"all"`. As in Python, it is required. */
  readonly version: number | "all";
}

const LIST: NamedKinds<ListScorersOptions> = { experimentId: filledText, name: filledText };
const GET: NamedKinds<GetScorerOptions> = {
  name: required(filledText),
  experimentId: filledText,
  version: positiveInteger,
};
const version: Kind<number | "all"> = kindOf(
  'a version from 1 up, or "all"',
  (value) => value === "all" || positiveInteger.read(value) !== undefined,
);
const DELETE: NamedKinds<DeleteScorerOptions> = { ...GET, version: required(version) };

/**
 * Returns the scorers that are registered in an experiment: the latest version of each, or all versions of one. Mirrors
 * `mlflow.genai.scorers.list_scorers`; the definitions are not created as scorers, because some can run only in Python. `genai.evaluate()` accepts them as
 * `scorers`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option; RESOURCE_DOES_NOT_EXIST if the
 * experiment or the scorer does not exist; and the errors of the store.
 * @example
 * for (const { name, version } of await genai.listScorers()) console.log(name, version);
 */
export function listScorers(options: ListScorersOptions = {}): Promise<readonly ScorerVersion[]> {
  return inExperiment("listScorers()", options, LIST, ({ store }, experimentId, { name }) =>
    name === undefined
      ? store.listScorers(experimentId)
      : store.listScorerVersions(experimentId, name),
  );
}

/**
 * Returns a registered judge, ready to be used: one of `makeJudge()`, or a built-in one. Python may have registered it.
 * Mirrors `mlflow.genai.scorers.get_scorer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if the
 * scorer does not exist; NOT_IMPLEMENTED for a scorer that only Python can run; and the errors of the store.
 * @example
 * const judge = await genai.getScorer({ name: "politeness" });
 */
export function getScorer(options: GetScorerOptions): Promise<Judge> {
  return inExperiment("getScorer()", options, GET, async ({ store }, experimentId, given) => {
    const found = await store.getScorer(experimentId, given.name, given.version);
    const { restoreJudge } = await import("./restore.js");
    return restoreJudge(found);
  });
}

/**
 * Deletes one version, or all versions, of a registered scorer. Mirrors `mlflow.genai.scorers.delete_scorer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if the
 * scorer does not exist; and the errors of the store.
 * @example
 * await genai.deleteScorer({ name: "politeness", version: "all" });
 */
export function deleteScorer(options: DeleteScorerOptions): Promise<void> {
  return inExperiment("deleteScorer()", options, DELETE, ({ store }, experimentId, given) =>
    store.deleteScorer(
      experimentId,
      given.name,
      given.version === "all" ? undefined : given.version,
    ),
  );
}

async function inExperiment<Options extends { readonly experimentId?: string }, T>(
  caller: string,
  options: Options,
  kinds: NamedKinds<Options>,
  work: (destination: Destination, experimentId: string, given: Options) => Promise<T>,
): Promise<T> {
  const given = readNamed(caller, options, kinds);
  const answer = async () => {
    const destination = getPipeline().tracking.current();
    const experimentId = given.experimentId ?? (await destination.experimentId());
    return work(destination, experimentId, given);
  };
  return hold(answer(), ANSWER_TIMEOUT_MS);
}
