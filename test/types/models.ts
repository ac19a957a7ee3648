// Compiled by `npm run typecheck` only: the classes of `mlflow.models` fit together, and a step may be a number.
import * as mlflow from "langchain-mlflow";

const inputs = new mlflow.models.Schema([{ type: "string", name: "question" }]);
const params = new mlflow.models.ParamSchema([{ name: "t", type: "double", default: 0.5 }]);
export const signature = new mlflow.models.ModelSignature({ inputs, params });
export const logged = [
  mlflow.logMetric("loss", 0.5, 3),
  mlflow.logMetrics({ loss: 0.5 }, 3),
  mlflow.logMetric("loss", 0.5, { step: 3 }),
];
export const searches = [
  mlflow.searchRuns({ filterString: "a", experimentNames: ["b"], searchAllExperiments: true }),
  mlflow.searchTraces({ locations: ["0"], runId: "a", modelId: "b" }),
];
