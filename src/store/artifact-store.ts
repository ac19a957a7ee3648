/** Where the artifacts of a run, a logged model or an experiment are. */
export interface ArtifactRoot {
  /** `mlflow-artifacts:/…`, `file:///…`, `s3://…` and so on, as MLflow names it. */
  readonly uri: string;
  /** Whose they are: some routes of a server ask for it. */
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

/** What an artifact is made from: a file, which is streamed, or bytes in memory. */
export type ArtifactSource = { readonly file: string } | { readonly bytes: Uint8Array };

/**
 * Files below a root. Every path is checked before anything is sent or written: none leads out of the
 * root, encoded or not, also none that a server's listing names (INVALID_PARAMETER_VALUE).
 */
export interface ArtifactStore {
  /** What is directly in a directory, by path; nothing where there is none, and for a file. */
  listArtifacts(root: ArtifactRoot, path?: string): Promise<readonly ArtifactInfo[]>;
  /** Writes one artifact, in the place of an earlier one. */
  uploadArtifact(
    root: ArtifactRoot,
    path: string,
    source: ArtifactSource,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Streams one artifact to a file of a folder that is there, in the place of an earlier one; a failure
   * leaves no half file. Throws RESOURCE_DOES_NOT_EXIST where there is none.
   */
  downloadArtifact(
    root: ArtifactRoot,
    path: string,
    file: string,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Where an artifact or a directory lies on this machine; undefined where it does not, or is not there. */
  findLocally(root: ArtifactRoot, path: string): Promise<string | undefined>;
}
