// A developer's own settings must not reach the apps.
for (const name of Object.keys(process.env)) {
  if (/^(MLFLOW|OPENAI|LANGCHAIN|LANGSMITH|NODE_OPTIONS|npm_)/.test(name)) delete process.env[name];
}
