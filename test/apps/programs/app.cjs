const { autolog } = require("langchain-mlflow");
const { answer } = require("./common/chain.cjs");

autolog();
answer("app").then(console.log);
