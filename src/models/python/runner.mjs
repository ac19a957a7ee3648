// Python's MLflow starts this program, which loads the model and answers requests.
import { startPythonProcess } from "langchain-mlflow/python-process";

await startPythonProcess(process.argv[2]);
