/**
 * The program that Python's MLflow starts, through the file `python/runner.mjs` of a model. It loads the model, and answers
 * the requests that it receives.
 */
const { startPythonProcess } = await import("./python-process/start.js");
await startPythonProcess(process.argv[2]);
