// Python programs and MLflow servers of tests run in forks of `preloaded-python.py`, as they would run in new processes.
import { expect, test } from "vitest";
import { runPython } from "../support/python.js";

const IS_FORK = "sys.orig_argv[1].endswith('preloaded-python.py')";

test("a program starts without the variables, settings and random numbers of others", async () => {
  interface Seen {
    readonly isFork: boolean;
    readonly numbers: readonly (number | string)[];
  }
  const program = `
import json, random, sys, uuid
import mlflow, numpy
print(json.dumps({
    "isFork": ${IS_FORK},
    "hasTrackingUri": mlflow.is_tracking_uri_set(),
    "names": [name for name in globals() if not name.startswith("__")],
    "argv": sys.argv,
    "numbers": [random.random(), numpy.random.random(), uuid.uuid4().hex],
}))
mlflow.set_tracking_uri("http://127.0.0.1:1")`;
  const seen = [await runPython<Seen>(program), await runPython<Seen>(program)] as const;
  for (const one of seen) {
    expect(one).toMatchObject({
      isFork: true,
      hasTrackingUri: false,
      names: ["json", "random", "sys", "uuid", "mlflow", "numpy"],
      argv: ["-c"],
    });
  }
  for (const number of seen[0].numbers) expect(seen[1].numbers).not.toContain(number);
});

test("a program has only its own environment variables", async () => {
  const program = `
import json, os, sys, mlflow
print(json.dumps([${IS_FORK}, mlflow.get_tracking_uri(), os.environ.get("OPENBLAS_NUM_THREADS")]))`;
  const env = { MLFLOW_TRACKING_URI: "http://127.0.0.1:1" };
  expect(await runPython(program, { env })).toEqual([true, "http://127.0.0.1:1", null]);
});

test("a program whose environment changes what imports do runs in a new process", async () => {
  const program = `
import json, logging, sys, mlflow
print(json.dumps([${IS_FORK}, logging.getLogger("mlflow").level, "/a/folder" in sys.path]))`;
  const levelOf = (env: Record<string, string>) => runPython(program, { env });
  expect(await levelOf({})).toEqual([true, 20, false]);
  expect(await levelOf({ MLFLOW_LOGGING_LEVEL: "ERROR" })).toEqual([false, 40, false]);
  expect(await levelOf({ PYTHONPATH: "/a/folder" })).toEqual([false, 20, true]);
});

test("the error of a program has what it wrote to stderr", async () => {
  await expect(runPython("import sys; sys.stderr.write('before\\n'); 1 / 0")).rejects.toThrow(
    /exit code 1:\nbefore\n.*ZeroDivisionError/s,
  );
});
