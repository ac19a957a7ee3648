import { MLFLOW_VERSION } from "../support/python.js";

/** The MLflow servers to test against: `TEST_MLFLOW_VERSIONS=3.6.0,3.17.2`, each installed in `.cache`. */
export const MLFLOW_VERSIONS = (process.env.TEST_MLFLOW_VERSIONS || MLFLOW_VERSION).split(",");
