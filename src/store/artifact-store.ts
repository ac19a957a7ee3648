/** The location of the artifacts of a run, a logged model or an experiment. */
export interface ArtifactRoot {
  /** MLflow's artifact URI, for example `mlflow-artifacts:/…`, `file:///…` or `s3://…`. */
  readonly uri: string;
  /** The owner, which some routes of a server require. */
  readonly runId?: string;
  readonly modelId?: string;
}

export interface ArtifactInfo {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** In bytes; undefined for a directory. */
  readonly fileSize: number | undefined;
}

/** The content of an artifact: a file, which is streamed, or bytes in memory. */
export type ArtifactSource = { readonly file: string } | { readonly bytes: Uint8Array };

/**
 * Files below a root. Every path is checked before anything is sent or written, also the paths in a server's
 * listing. A path that leaves the root, percent-encoded or not, throws INVALID_PARAMETER_VALUE.
 */
export interface ArtifactStore {
  /** The direct entries of a directory, sorted by path. Empty for a file and a missing directory. */
  listArtifacts(root: ArtifactRoot, path?: string): Promise<readonly ArtifactInfo[]>;
  /** Writes or replaces one artifact. */
  uploadArtifact(
    root: ArtifactRoot,
    path: string,
    source: ArtifactSource,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Streams one artifact to a file, which is replaced if it exists. Its folder must exist. A failure leaves no
   * incomplete file. Throws RESOURCE_DOES_NOT_EXIST if the artifact does not exist.
   */
  downloadArtifact(
    root: ArtifactRoot,
    path: string,
    file: string,
    signal?: AbortSignal,
  ): Promise<void>;
  /** The local path of an artifact or directory. Undefined if it does not exist, or is not on this machine. */
  findLocally(root: ArtifactRoot, path: string): Promise<string | undefined>;
}
