import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RestException } from "../../base/errors.js";
import { forEach } from "../../base/for-each.js";
import { attachmentPath } from "../../trace/attachment.js";
import type { ArtifactStore } from "../artifact-store.js";
import { artifactRootOf } from "../attachments.js";
import type { Experiment, ExperimentStore, TraceStore } from "../store.js";
import { schemeOf } from "../tracking-uri.js";
import { folderOnOurDisk } from "./artifacts.js";
import type { Capabilities } from "./capabilities.js";
import type { Http } from "./http.js";
import { receiveFile } from "./receive-file.js";
import { TRACE_ARTIFACT_PATH } from "./trace-info.js";

/** Attachments of one trace that are uploaded at the same time. */
const MAX_IN_FLIGHT = 4;

/** Attachments are artifacts of their trace. They can be uploaded if the server proxies its artifacts. */
export function createAttachmentStore(options: {
  http: Http;
  maxRetries: number;
  capabilities: () => Promise<Capabilities>;
  getExperiment: ExperimentStore["getExperiment"];
  artifacts: Pick<ArtifactStore, "uploadArtifact">;
  allowedFolders: readonly string[];
}): Pick<TraceStore, "takesAttachments" | "readAttachment"> &
  Required<Pick<TraceStore, "logAttachments">> {
  const { http, maxRetries, capabilities, artifacts, allowedFolders } = options;
  const known = new Map<string, Experiment>();

  async function experimentOf(experimentId: string): Promise<Experiment | undefined> {
    const found = known.get(experimentId) ?? (await options.getExperiment(experimentId));
    if (found?.lifecycleStage !== "active") return undefined;
    known.set(experimentId, found);
    return found;
  }

  return {
    async takesAttachments(experimentId) {
      const { attachments } = await capabilities();
      const experiment = attachments ? await experimentOf(experimentId) : undefined;
      return experiment !== undefined && canUpload(experiment.artifactLocation, allowedFolders);
    },
    async logAttachments(experimentId, traceId, attachments, signal) {
      const experiment = await experimentOf(experimentId);
      if (!experiment) return;
      const root = artifactRootOf(experiment, traceId);
      await forEach(attachments, MAX_IN_FLIGHT, ({ id, contentBytes: bytes }) =>
        artifacts.uploadArtifact(root, attachmentPath(id), { bytes }, signal),
      );
    },
    async readAttachment(traceId, attachmentId) {
      const query = { request_id: traceId, path: attachmentId };
      const request = { method: "GET", path: TRACE_ARTIFACT_PATH, query } as const;
      const folder = await mkdtemp(join(tmpdir(), "mlflow-attachment-"));
      try {
        const file = join(folder, attachmentId);
        await receiveFile(http, request, file, { maxRetries });
        return await readFile(file);
      } catch (cause) {
        if (isMissing(cause)) return undefined;
        throw cause;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function isMissing(cause: unknown): boolean {
  return cause instanceof RestException && cause.errorCode === "RESOURCE_DOES_NOT_EXIST";
}

async function canUpload(location: string, allowedFolders: readonly string[]): Promise<boolean> {
  const scheme = schemeOf(location) ?? "file";
  if (/^(mlflow-artifacts|https?)$/.test(scheme)) return true;
  if (scheme !== "file") return false;
  return (await folderOnOurDisk({ uri: location }, allowedFolders)) !== undefined;
}
