import { expect, test, vi } from "vitest";
import { readSettings } from "../../src/settings/settings.js";

test("an empty variable is ignored", () => {
  const names = ["TRACKING_URI", "EXPERIMENT_NAME", "TRACKING_USERNAME", "HTTP_REQUEST_TIMEOUT"];
  const env = Object.fromEntries(names.map((name) => [`MLFLOW_${name}`, ""]));
  expect(readSettings(env)).toEqual(readSettings({}));
});

test.each([
  [undefined, 120_000],
  ["5", 5000],
  ["0.25", 250],
])("MLFLOW_HTTP_REQUEST_TIMEOUT of %s seconds is %d ms", (text, timeoutMs) => {
  const env = { MLFLOW_HTTP_REQUEST_TIMEOUT: text };
  expect(readSettings(env).requestTimeoutMs).toBe(timeoutMs);
});

test.each([
  ["true", true],
  ["1", true],
  ["True", true],
  ["false", false],
  ["0", false],
  [undefined, false],
])("MLFLOW_TRACKING_INSECURE_TLS=%s means %s", (text, insecureTls) => {
  expect(readSettings({ MLFLOW_TRACKING_INSECURE_TLS: text }).insecureTls).toBe(insecureTls);
});

test("allowed artifact roots are folders and origins of servers; another entry is ignored and logs a warning", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const env = {
    MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS:
      " /srv/mlruns ,file:///a%2Cb,,HTTPS://Artifacts.example:443/path, s3://bucket,./here,http://",
  };
  const { folders, origins } = readSettings(env).allowedArtifactRoots;
  const lines = write.mock.calls.map(([line]) => line);
  write.mockRestore();
  expect(folders).toEqual(["/srv/mlruns", "file:///a%2Cb", "./here"]);
  expect(origins).toEqual(["https://artifacts.example"]);
  expect(lines).toEqual([
    expect.stringContaining("The entry 's3://bucket' is ignored."),
    expect.stringContaining("The entry 'http://' is ignored."),
  ]);
});

test("an invalid variable logs a warning once, and its default is used", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const env = { MLFLOW_HTTP_REQUEST_TIMEOUT: "soon", MLFLOW_TRACKING_INSECURE_TLS: "maybe" };
  const settings = [readSettings(env), readSettings(env)];
  const lines = write.mock.calls.map(([line]) => line);
  write.mockRestore();
  expect(settings).toEqual([readSettings({}), readSettings({})]);
  expect(lines).toEqual([
    "langchain-mlflow: The environment variable MLFLOW_TRACKING_INSECURE_TLS takes true or false, got 'maybe'. The default is used: false.\n",
    "langchain-mlflow: The environment variable MLFLOW_HTTP_REQUEST_TIMEOUT takes a number of seconds above 0, at most 2147483, got 'soon'. The default is used: 120.\n",
  ]);
});
