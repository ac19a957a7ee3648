// Python's MLflow starts this program, which loads the model and answers requests.
import "langchain-mlflow/python-process";
