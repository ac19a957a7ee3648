module.exports = {
  entry: "./app.cjs",
  target: "node",
  mode: "production",
  stats: "errors-only",
  output: { filename: "main.cjs" },
};
