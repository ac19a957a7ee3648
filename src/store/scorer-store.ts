/** One version of a registered scorer. Mirrors `mlflow.entities.ScorerVersion`. */
export interface ScorerVersion {
  readonly experimentId: string;
  readonly name: string;
  /** From 1 up. */
  readonly version: number;
  readonly scorerId: string;
  /** Milliseconds since the epoch. */
  readonly creationTimeMs: number;
  /** The definition, as JSON text. Python's `SerializedScorer` describes it. */
  readonly serializedScorer: string;
}

/** Scorers that are registered in an experiment. Methods throw RESOURCE_DOES_NOT_EXIST if the experiment does not exist. */
export interface ScorerStore {
  /** Stores a new version of the scorer with this name, which is created if it does not exist. */
  registerScorer(
    experimentId: string,
    name: string,
    serializedScorer: string,
  ): Promise<ScorerVersion>;
  /** The latest version of each scorer. */
  listScorers(experimentId: string): Promise<readonly ScorerVersion[]>;
  /** All versions of a scorer. Throws RESOURCE_DOES_NOT_EXIST if it does not exist, as the next two methods. */
  listScorerVersions(experimentId: string, name: string): Promise<readonly ScorerVersion[]>;
  /** Without `version`: the latest one. */
  getScorer(experimentId: string, name: string, version?: number): Promise<ScorerVersion>;
  /** Without `version`: all of them. */
  deleteScorer(experimentId: string, name: string, version?: number): Promise<void>;
}
