// Python's MLflow starts this program, which loads the model and answers requests.
import { start } from "../bundle.mjs";

await start(process.argv[2]);
