import type { RunTarget } from "../delivery/destination.js";
import type { TraceInfo } from "../trace/trace.js";

const PAGE_SIZE = 500;

/** The traces that belong to a run, oldest first. */
export async function* tracesOfRun(run: RunTarget): AsyncGenerator<TraceInfo> {
  const { store, destination } = run;
  const [runId, experimentId] = [await run.runId(), await destination.experimentId()];
  let pageToken: string | undefined;
  do {
    const page = await store.searchTraceInfos({
      experimentIds: [experimentId],
      filter: `attributes.run_id = '${runId}'`,
      orderBy: ["timestamp_ms ASC"],
      maxResults: PAGE_SIZE,
      ...(pageToken !== undefined && { pageToken }),
    });
    yield* page.items;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}
