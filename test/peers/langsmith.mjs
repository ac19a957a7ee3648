// LangSmith's tracer is part of LangChain: switched on by the environment, it sends to a small server here.
import { once } from "node:events";
import { createServer } from "node:http";

export async function start({ load }) {
  const runs = new Map();
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    // A connection kept alive would keep the app alive.
    response.setHeader("connection", "close").setHeader("content-type", "application/json");
    if (request.url === "/info") {
      return response.end(
        JSON.stringify({ batch_ingest_config: { use_multipart_endpoint: false } }),
      );
    }
    const { post = [], patch = [] } = JSON.parse(body || "{}");
    for (const run of [...post, ...patch]) runs.set(run.id, { ...runs.get(run.id), ...run });
    response.end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  server.unref();
  const settings = {
    LANGSMITH_TRACING: "true",
    LANGSMITH_API_KEY: "key",
    LANGSMITH_ENDPOINT: `http://127.0.0.1:${server.address().port}`,
  };
  const again = () => void Object.assign(process.env, settings);
  again();
  return {
    again,
    off: () => {
      process.env.LANGSMITH_TRACING = "false";
    },
    taken: async () => {
      const { LangChainTracer } = await load("@langchain/core/tracers/tracer_langchain");
      const { RunTree } = await load("langsmith/run_trees");
      for (const client of [new LangChainTracer().client, RunTree.getSharedClient()]) {
        await client.awaitPendingTraceBatches();
      }
      const spans = [...runs.values()].map((run) => ({
        id: run.id,
        parentId: run.parent_run_id,
        name: `${run.name} ${run.run_type} ${run.error ? "ERROR" : run.end_time ? "OK" : "UNSET"}`,
      }));
      runs.clear();
      return spans;
    },
  };
}
