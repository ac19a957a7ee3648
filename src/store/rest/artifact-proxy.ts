import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { Settings } from "../../settings/settings.js";
import { decodedPath, joinArtifactPath } from "../artifact-path.js";
import { isLongForOne, uploadInParts } from "./artifact-parts.js";
import { type ArtifactRoute, encodedPath, infosOf, withoutItself } from "./artifact-route.js";
import { errorOf, isSuccess, restException } from "./failure.js";
import type { Answer, Http } from "./http.js";
import { receiveFile } from "./receive-file.js";
import { jsonOf } from "./request-json.js";
import { sendRetried } from "./retried.js";
import { sendSource } from "./send-file.js";

const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";

export interface ProxyOptions {
  /** To the server that has the artifacts. */
  readonly http: Http;
  readonly settings: Settings;
  /** The root's path on that server; checked. */
  readonly root: string;
  readonly takesParts: () => Promise<boolean>;
}

/** Artifacts that an MLflow server hands through (`mlflow server --serve-artifacts`, its default). */
export function createProxyRoute(options: ProxyOptions): ArtifactRoute {
  const { http, settings, root, takesParts } = options;
  const { maxRetries } = settings;
  const urlPath = (path: string) => `${ARTIFACTS}/${encodedPath(joinArtifactPath(root, path))}`;
  const list: ArtifactRoute["list"] = async (path) => {
    const query: Record<string, string> = { path: joinArtifactPath(root, path) };
    const answer = await sendRetried(() => http.send({ method: "GET", path: ARTIFACTS, query }), {
      maxRetries,
    });
    return withoutItself(infosOf(jsonOf(answer).files, path, "from directory"), path);
  };
  return {
    list,
    async upload(path, source, signal) {
      checkName(path);
      if (await isLongForOne(source, settings, takesParts)) {
        const whole = joinArtifactPath(root, path);
        const done = await uploadInParts({ http, settings, path: whole, source, signal });
        if (done) return;
      }
      const answer = await sendRetried(
        () =>
          sendSource(
            http,
            {
              method: "PUT",
              path: urlPath(path),
              contentType: "application/octet-stream",
              signal,
            },
            source,
          ),
        { maxRetries, signal },
      );
      if (!isSuccess(answer)) throw restException(answer);
    },
    async download(path, file, signal) {
      let isMissing = false;
      const isFinal = async (answer: Answer) => {
        isMissing = errorOf(answer).errorCode === "INTERNAL_ERROR" && !(await isListed(list, path));
        return isMissing;
      };
      const request = { method: "GET", path: urlPath(path) } as const;
      try {
        await receiveFile(http, request, file, { maxRetries, signal, isFinal });
      } catch (cause) {
        throw isMissing ? missing(path, cause) : cause;
      }
    },
  };
}

/** Older servers, 3.4 among them, call what is not there an internal error. */
async function isListed(list: ArtifactRoute["list"], path: string): Promise<boolean> {
  const beside = await list(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  return beside.some((one) => one.path === path);
}

function missing(path: string, cause: unknown): MlflowException {
  return new MlflowException(`There is no artifact '${path}'.`, "RESOURCE_DOES_NOT_EXIST", {
    cause,
  });
}

/** The server decodes what it is sent until nothing is left to decode, so this would get another name. */
function checkName(path: string): void {
  const stored = decodedPath(path);
  if (stored === path) return;
  throw invalidParameter(
    `Invalid artifact path: ${JSON.stringify(path)}, as the server would store it as ${JSON.stringify(stored)}. Choose a name without percent-encoding.`,
  );
}
