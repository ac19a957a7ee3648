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

/** Files below a root. Every path is checked: none leads out of the root, encoded or not. */
export interface ArtifactStore {
  /** What is directly in a directory; nothing where there is none. */
  listArtifacts(root: ArtifactRoot, path?: string): Promise<readonly ArtifactInfo[]>;
  /** Writes one artifact, in the place of an earlier one, from a file (streamed) or from memory. */
  uploadArtifact(
    root: ArtifactRoot,
    path: string,
    source: { readonly file: string } | { readonly bytes: Uint8Array },
    signal?: AbortSignal,
  ): Promise<void>;
  /** Streams one artifact to a file; a failure leaves no half file. Throws RESOURCE_DOES_NOT_EXIST where there is none. */
  downloadArtifact(
    root: ArtifactRoot,
    path: string,
    file: string,
    signal?: AbortSignal,
  ): Promise<void>;
}
