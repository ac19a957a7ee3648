import { createServer } from "node:http";

/** LangSmith's client sends batches only to a server that offers them. */
const LANGSMITH_INFO = {
  version: "0.13.0",
  batch_ingest_config: {
    use_multipart_endpoint: true,
    size_limit: 100,
    size_limit_bytes: 20_971_520,
    scale_up_nthreads_limit: 16,
    scale_up_qsize_trigger: 1000,
    scale_down_nempty_trigger: 4,
  },
};
const EXPERIMENT = { experiment_id: "0", name: "Default", lifecycle_stage: "active" };

/** Receives what every tool sends, and answers as its server would. It counts requests by path. */
export async function startSink() {
  const counts = new Map();
  const server = createServer((request, response) => {
    const path = request.url.split("?")[0];
    counts.set(path, (counts.get(path) ?? 0) + 1);
    request.resume().on("end", () => {
      if (path === "/version") return response.end("3.17.2");
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer(path)));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Returns the number of requests by path since the last call. */
    takeCounts() {
      const taken = Object.fromEntries(counts);
      counts.clear();
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(path) {
  if (path.includes("experiments/get")) return { experiment: EXPERIMENT };
  return path === "/info" ? LANGSMITH_INFO : {};
}
