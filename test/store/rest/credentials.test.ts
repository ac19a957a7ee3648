import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { download } from "../../../src/runs/artifacts/artifacts.js";
import { downloadDirectory } from "../../../src/runs/artifacts/directory.js";
import { locate, locateInRun } from "../../../src/runs/artifacts/locate.js";
import { readSettings } from "../../../src/settings/settings.js";
import { createRestStore } from "../../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import {
  type FakeTrackingServer,
  MODEL_ID,
  RUN_ID,
  startFakeTrackingServer,
} from "../../support/fake-tracking-server.js";
import { type RecordingServer, startRecordingServer } from "../../support/recording-server.js";
import { temporaryDirectory } from "../file/temporary-directory.js";

const PASSWORD = { MLFLOW_TRACKING_USERNAME: "user-s3cret", MLFLOW_TRACKING_PASSWORD: "pw-s3cret" };
const TOKEN = { MLFLOW_TRACKING_TOKEN: "token-s3cret" };
const WORKSPACE = { MLFLOW_WORKSPACE: "workspace-s3cret" };
/** Whatever the other host could receive of the user's, also in base64. */
const SECRETS = ["s3cret", Buffer.from("user-s3cret:pw-s3cret").toString("base64")];
const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";

let tracking: FakeTrackingServer;
let other: RecordingServer;

beforeEach(async () => {
  tracking = await startFakeTrackingServer();
  other = await startRecordingServer(({ url }) =>
    url.includes("?path=") ? { files: [] } : undefined,
  );
});
afterEach(async () => {
  await tracking.close();
  await other.close();
});

async function withStore(
  env: Record<string, string>,
  work: (store: TrackingStore) => Promise<unknown>,
  uri = tracking.url,
): Promise<void> {
  const settings = readSettings({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0", ...env });
  const store = createRestStore({ uri, settings });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** Everything that asks for artifacts where the server says they are. A refusal is as good as an answer. */
async function useEveryPlace(store: TrackingStore): Promise<void> {
  const directory = temporaryDirectory();
  const root = { uri: tracking.place, runId: RUN_ID };
  const model = { uri: tracking.place, modelId: MODEL_ID };
  const places = [
    await locateInRun(store, RUN_ID, "f"),
    await locate(store, "models:/m/1"),
    await locate(store, `models:/${MODEL_ID}`),
  ];
  await Promise.allSettled([
    ...places.map((found) => download(found, directory)),
    ...[root, model].flatMap((one) => [
      store.listArtifacts(one),
      store.downloadArtifact(one, "f", join(directory, "f")),
      store.uploadArtifact(one, "f", { bytes: Buffer.from("content") }),
      downloadDirectory(store, one, "", directory),
    ]),
  ]);
}

function secretsIn({ requests }: RecordingServer): string[] {
  const text = JSON.stringify(requests);
  return SECRETS.filter((secret) => text.includes(secret));
}

describe.each([
  ["a token", TOKEN],
  ["a password", PASSWORD],
  ["a token and a workspace", { ...TOKEN, ...WORKSPACE }],
])("%s of the user is not sent to another host", (_what, env) => {
  test.each([
    ["named as an artifact server", (host: string) => `mlflow-artifacts://${host}/x`],
    [
      "named as an artifact server, with credentials",
      (host: string) => `mlflow-artifacts://u:p@${host}/x`,
    ],
    ["named by an address", (host: string) => `http://${host}${ARTIFACTS}/x`],
    ["named by an address with credentials", (host: string) => `http://u:p@${host}${ARTIFACTS}/x`],
    [
      "behind the tracking server's own name as the user",
      (host: string) => `http://TRACKING@${host}${ARTIFACTS}/x`,
    ],
    ["in other letters", (host: string) => `MLFLOW-ARTIFACTS://${host}/x`],
  ])("%s", async (_how, placeOn) => {
    tracking.place = placeOn(other.host).replace("TRACKING", tracking.host);
    await withStore(env, useEveryPlace);
    expect(other.requests.length).toBeGreaterThan(3);
    expect(secretsIn(other)).toEqual([]);
    expect(secretsIn(tracking)).not.toEqual([]);
  });

  test("in the tracking URI, when the server names another artifact server", async () => {
    tracking.place = `mlflow-artifacts://${other.host}/x`;
    const uri = tracking.url.replace("//", "//user-s3cret:pw-s3cret@");
    await withStore({}, useEveryPlace, uri);
    expect(other.requests.length).toBeGreaterThan(3);
    expect(secretsIn(other)).toEqual([]);
    expect(secretsIn(tracking)).not.toEqual([]);
  });

  test("to which the tracking server redirects", async () => {
    tracking.place = "mlflow-artifacts:/x";
    for (const status of [301, 302, 303, 307, 308]) {
      tracking.before = ({ url }, response) => {
        if (!url.startsWith(ARTIFACTS)) return undefined;
        response.writeHead(status, { location: `${other.url}/redirected` });
        return {};
      };
      await withStore(env, useEveryPlace);
    }
    expect(other.requests).toEqual([]);
    const asked = tracking.requests.filter(({ url }) => url.startsWith(ARTIFACTS));
    expect(asked.length).toBeGreaterThan(5);
  });

  test("for an upload to a URL that the server signed", async () => {
    tracking.place = "s3://bucket/x";
    tracking.before = ({ url }) =>
      url.includes("presigned-upload-url")
        ? { presigned_url: `${other.url}/signed?signature=1`, headers: { "x-signed": "yes" } }
        : undefined;
    await withStore(env, useEveryPlace);
    const [upload] = other.requests;
    expect(upload).toMatchObject({
      method: "PUT",
      body: "content",
      headers: { "x-signed": "yes" },
    });
    expect(secretsIn(other)).toEqual([]);
  });

  test("for the parts of an upload, to URLs that the server signed", async () => {
    tracking.place = "mlflow-artifacts:/x";
    tracking.before = ({ url }) =>
      url.includes("/mpu/create")
        ? {
            upload_id: "1",
            credentials: [{ url: `${other.url}/part?signature=1`, part_number: 1, headers: {} }],
          }
        : undefined;
    const directory = temporaryDirectory();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(directory, "f"), "content");
    const parts = {
      MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: "true",
      MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: "1",
    };
    await withStore({ ...env, ...parts }, (store) =>
      store.uploadArtifact({ uri: tracking.place, runId: RUN_ID }, "f", {
        file: join(directory, "f"),
      }),
    );
    expect(other.requests).toMatchObject([{ method: "PUT", body: "content" }]);
    expect(secretsIn(other)).toEqual([]);
  });
});

test("another port of the tracking server's host is another server", async () => {
  const { port } = new URL(other.url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    tracking.place = `mlflow-artifacts://${host}/x`;
    await withStore(TOKEN, useEveryPlace);
  }
  expect(other.requests.length).toBeGreaterThan(3);
  expect(secretsIn(other)).toEqual([]);
});

test("the tracking server named in full receives the credentials", async () => {
  const places = [
    `mlflow-artifacts://${tracking.host}/x`,
    `http://${tracking.host}${ARTIFACTS}/x`,
    `HTTP://u:p@${tracking.host}${ARTIFACTS}/x`,
    "mlflow-artifacts:/x",
  ];
  for (const place of places) {
    tracking.place = place;
    tracking.requests.length = 0;
    await withStore({ ...TOKEN, ...WORKSPACE }, useEveryPlace);
    const artifacts = tracking.requests.filter(({ url }) => url.startsWith(ARTIFACTS));
    expect(artifacts.length, place).toBeGreaterThan(3);
    for (const { headers } of artifacts) {
      expect(headers.authorization).toBe("Bearer token-s3cret");
      expect(headers["x-mlflow-workspace"]).toBe("workspace-s3cret");
    }
  }
});

test("a server that the user allowed receives the credentials", async () => {
  tracking.place = `mlflow-artifacts://${other.host}/x`;
  const env = { MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS: `/srv/mlruns, ${other.url}/` };
  await withStore({ ...TOKEN, ...env }, useEveryPlace);
  expect(other.requests.length).toBeGreaterThan(3);
  for (const { headers } of other.requests) {
    expect(headers.authorization).toBe("Bearer token-s3cret");
  }
});

test("credentials in the address of another server are for that server", async () => {
  tracking.place = `mlflow-artifacts://some:one@${other.host}/x`;
  await withStore(TOKEN, useEveryPlace);
  for (const { headers } of other.requests) {
    expect(headers.authorization).toBe(`Basic ${Buffer.from("some:one").toString("base64")}`);
  }
});

test.each([401, 403])(
  "a response %d of another server is explained, with how to fix it",
  async (status) => {
    const guarded = await startRecordingServer((_request, response) => {
      response.statusCode = status;
      return { error_code: "PERMISSION_DENIED", message: "no" };
    });
    try {
      const root = { uri: `mlflow-artifacts://${guarded.host}/x`, runId: RUN_ID };
      await withStore(TOKEN, async (store) => {
        await expect(store.listArtifacts(root)).rejects.toMatchObject({
          name: "RestException",
          status,
          message: expect.stringMatching(
            new RegExp(
              `not the tracking server.*MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS=${guarded.url}\\.`,
            ),
          ),
        });
      });
    } finally {
      await guarded.close();
    }
  },
);

test.each(["mlflow-artifacts://[bad/x", "mlflow-artifacts://%zz@127.0.0.1:1/x", "http://:80/x"])(
  "an address that cannot be right is refused by an MlflowException: %s",
  async (uri) => {
    await withStore(TOKEN, async (store) => {
      await expect(store.listArtifacts({ uri, runId: RUN_ID })).rejects.toMatchObject({
        name: "MlflowException",
      });
    });
  },
);

test.each(["", "no address", "file:///etc/passwd", "data:,x"])(
  "an invalid signed URL is rejected, and not shown: %s",
  async (address) => {
    tracking.before = ({ url }) =>
      url.includes("presigned-upload-url") ? { presigned_url: address } : undefined;
    await withStore(TOKEN, async (store) => {
      const root = { uri: "s3://bucket/x", runId: RUN_ID };
      const upload = store.uploadArtifact(root, "f", { bytes: Buffer.from("content") });
      await expect(upload).rejects.toMatchObject({ errorCode: "INVALID_STATE" });
    });
  },
);
