import { withMlflow } from "langchain-mlflow/next";

export default withMlflow({});
