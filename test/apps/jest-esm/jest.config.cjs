module.exports = {
  rootDir: __dirname,
  setupFilesAfterEnv: ["langchain-mlflow/jest"], // calls autolog()
};
