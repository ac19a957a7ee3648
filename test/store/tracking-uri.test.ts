import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { resolveTrackingUri } from "../../src/store/tracking-uri.js";
import { temporaryDirectory } from "./file/temporary-directory.js";

afterEach(() => vi.restoreAllMocks());

const directory = (path: string) => ({ kind: "directory", directory: resolve(path) });

describe("resolveTrackingUri", () => {
  it("reads http and https as a server", () => {
    for (const uri of ["http://127.0.0.1:5000", "HTTPS://user:secret@host/prefix"]) {
      expect(resolveTrackingUri(uri)).toEqual({ kind: "server", uri });
    }
  });

  it("reads a path or a file URI as a local store", () => {
    const directories = {
      "./runs": "runs",
      "/data/runs": "/data/runs",
      "file:///data/my%20runs": "/data/my runs",
      "file://localhost/data": "/data",
      "file:/data": "/data",
      "file:./runs": "runs",
      "file:runs": "runs",
    };
    for (const [uri, path] of Object.entries(directories)) {
      expect(resolveTrackingUri(uri), uri).toEqual(directory(path));
    }
  });

  it("defaults to ./.mlflow-local, and to ./mlflow-local if only that exists", () => {
    const workingDirectory = temporaryDirectory();
    vi.spyOn(process, "cwd").mockReturnValue(workingDirectory);
    const chosen = () => {
      const targets = [undefined, "", "  ", "file:"].map((uri) => resolveTrackingUri(uri));
      for (const target of targets) expect(target).toEqual(targets[0]);
      return targets[0];
    };
    const ours = { ...directory(join(workingDirectory, ".mlflow-local")), isDefault: true };
    expect(chosen()).toEqual(ours);
    mkdirSync(join(workingDirectory, "mlflow-local"));
    const earlier = { ...directory(join(workingDirectory, "mlflow-local")), isDefault: true };
    expect(chosen()).toEqual(earlier);
    mkdirSync(join(workingDirectory, ".mlflow-local"));
    expect(chosen()).toEqual(ours);
  });

  it("reads a drive letter as a path", () => {
    expect(resolveTrackingUri("C:\\runs").kind).toBe("directory");
  });

  it.each([
    ["127.0.0.1:5000", "http://127.0.0.1:5000"],
    ["localhost:5000", "http://localhost:5000"],
    ["localhost", "http://localhost"],
    ["10.0.0.7/mlflow", "http://10.0.0.7/mlflow"],
    ["my-host:5000", "http://my-host:5000"],
    ["mlflow.example.com:8080/prefix", "http://mlflow.example.com:8080/prefix"],
    ["mlflow.example.com:443", "https://mlflow.example.com:443"],
    ["[::1]:5000", "http://[::1]:5000"],
  ])("rejects %s, which has no scheme, and names %s", (uri, corrected) => {
    expect(() => resolveTrackingUri(uri)).toThrow(
      expect.objectContaining({
        errorCode: "INVALID_PARAMETER_VALUE",
        message: `The tracking URI ${uri} has no scheme. Use ${corrected} for the MLflow server at that address, or ./${uri} for a local store in a folder of that name.`,
      }),
    );
    expect(resolveTrackingUri(`./${uri}`)).toEqual(directory(uri));
    expect(resolveTrackingUri(corrected)).toEqual({ kind: "server", uri: corrected });
  });

  it("does not show the credentials of an address without a scheme", () => {
    expect(() => resolveTrackingUri("me:hunter2@my-host:5000")).toThrow(/^(?!.*hunter2).*my-host/);
  });

  it("rejects a database with the command that serves it, and without its password", () => {
    for (const uri of ["sqlite:///mlflow.db", "postgresql+psycopg2://db/x", "mysql://db/x"]) {
      expect(() => resolveTrackingUri(uri)).toThrow(`mlflow server --backend-store-uri ${uri}`);
    }
    expect(() => resolveTrackingUri("mysql://me:hunter2@db/x")).toThrow(/^(?!.*hunter2)/);
  });

  it("rejects Databricks, unknown schemes and invalid URLs, and names them", () => {
    const refused = {
      databricks: "Databricks",
      "databricks://me": "Databricks",
      "s3://b": "s3://b",
    };
    for (const [uri, name] of Object.entries({ ...refused, "http://": "http://" })) {
      expect(() => resolveTrackingUri(uri), uri).toThrow(
        expect.objectContaining({
          errorCode: "INVALID_PARAMETER_VALUE",
          message: expect.stringContaining(name),
        }),
      );
    }
    expect(() => resolveTrackingUri("file://elsewhere/data")).toThrow("file:///absolute/path");
  });
});
