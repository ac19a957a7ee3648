import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveTrackingUri } from "../../src/store/tracking-uri.js";

const directory = (path: string) => ({ kind: "directory", directory: resolve(path) });

describe("resolveTrackingUri", () => {
  it("reads http and https as a server", () => {
    for (const uri of ["http://127.0.0.1:5000", "HTTPS://user:secret@host/prefix"]) {
      expect(resolveTrackingUri(uri)).toEqual({ kind: "server", uri });
    }
  });

  it("reads a path or a file URI as a local store, and defaults to ./mlflow-local", () => {
    const directories = {
      "": "mlflow-local",
      "  ": "mlflow-local",
      "./runs": "runs",
      "/data/runs": "/data/runs",
      "file:///data/my%20runs": "/data/my runs",
      "file://localhost/data": "/data",
      "file:/data": "/data",
      "file:./runs": "runs",
      "file:runs": "runs",
      "file:": "mlflow-local",
    };
    for (const [uri, path] of Object.entries(directories)) {
      expect(resolveTrackingUri(uri), uri).toEqual(directory(path));
    }
    expect(resolveTrackingUri(undefined)).toEqual(directory("mlflow-local"));
  });

  it("reads a drive letter as a path", () => {
    expect(resolveTrackingUri("C:\\runs").kind).toBe("directory");
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
