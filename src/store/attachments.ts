import type { ArtifactRoot } from "./artifact-store.js";
import type { Experiment } from "./store.js";

/** The location of the artifacts of a trace, which MLflow's stores choose when they create the trace. */
export function artifactRootOf(
  { artifactLocation }: Pick<Experiment, "artifactLocation">,
  traceId: string,
): ArtifactRoot {
  return { uri: `${artifactLocation.replace(/\/+$/, "")}/traces/${traceId}/artifacts` };
}
