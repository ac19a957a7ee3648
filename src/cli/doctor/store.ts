import { existsSync } from "node:fs";
import { MlflowException, messageOf } from "../../base/errors.js";
import {
  DEFAULT_EXPERIMENT_ID,
  type ExperimentChoice,
  findExperiment,
} from "../../delivery/experiment.js";
import { choiceOf } from "../../delivery/tracking.js";
import type { Settings } from "../../settings/settings.js";
import { openStore } from "../../store/open.js";
import { probeServer, type ServerProbe } from "../../store/rest/probe.js";
import type { TrackingStore } from "../../store/store.js";
import { resolveTrackingUri, type TrackingTarget } from "../../store/tracking-uri.js";
import { type Finding, problemFrom, type Status } from "./finding.js";
import { sendTestTrace } from "./test-trace.js";

const SECTION = "store";
const DEFAULT: ExperimentChoice = { by: "id", experimentId: DEFAULT_EXPERIMENT_ID };
/** A trace whose time is a minute off is hard to find, and tokens of other services fail. */
const MAX_SKEW_MS = 60_000;
/** A host and a port, or a host name with dots, without a scheme. */
const WITHOUT_SCHEME = /^(localhost|[\w-]+(\.[\w-]+)+|\d+(\.\d+){3})?:\d+(\/|$)/i;

/** Checks where traces go, and that a trace can be sent there and read back. Later checks need the earlier ones. */
export async function checkStore(uri: string | undefined, settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (check: string, status: Status, text: string, fix?: string) =>
    findings.push({ section: SECTION, check, status, text, ...(fix && { fix }) });

  if (uri && WITHOUT_SCHEME.test(uri.trim())) {
    add(
      "tracking URI",
      "problem",
      `The tracking URI ${uri} has no scheme.`,
      `Set MLFLOW_TRACKING_URI=http://${uri.trim()}`,
    );
    return findings;
  }
  let target: TrackingTarget;
  try {
    target = resolveTrackingUri(uri);
  } catch (cause) {
    return [problemFrom(SECTION, "tracking URI", cause)];
  }
  const store = openStore(uri, settings);
  try {
    if (target.kind === "directory") describeDirectory(target, add);
    else if (!(await checkServer(target.uri, store.uri, settings, findings))) return findings;
    const experimentId = await checkExperiment(store, settings, findings);
    if (experimentId !== undefined) findings.push(...(await checkRoundTrip(store, experimentId)));
  } finally {
    await store.close();
  }
  return findings;
}

type Add = (check: string, status: Status, text: string, fix?: string) => void;

function describeDirectory(
  { directory, isDefault }: Extract<TrackingTarget, { kind: "directory" }>,
  add: Add,
): void {
  const why = isDefault ? " (MLFLOW_TRACKING_URI is not set)" : "";
  const state = existsSync(directory) ? "" : ", which the first trace creates";
  add("tracking URI", "ok", `Traces go to the local store ${directory}${state}${why}.`);
}

/** Returns false if the other checks cannot succeed. */
async function checkServer(
  uri: string,
  shownUri: string,
  settings: Settings,
  findings: Finding[],
): Promise<boolean> {
  const add: Add = (check, status, text, fix) =>
    findings.push({ section: SECTION, check, status, text, ...(fix && { fix }) });
  add("tracking URI", "ok", `Traces go to the server ${shownUri}.`);
  let probe: ServerProbe;
  try {
    probe = await probeServer(uri, settings);
  } catch (cause) {
    findings.push(await explainFailure(uri, cause, settings));
    return false;
  }
  const { capabilities, clockSkewMs } = probe;
  const version = capabilities?.version ?? "of an unknown version";
  if (capabilities && !capabilities.traceInfos) {
    add(
      "server",
      "problem",
      `The server is MLflow ${version}, which is too old: traces need MLflow 3.2 or newer.`,
      "Update the server to MLflow 3.6 or newer: pip install --upgrade mlflow",
    );
    return false;
  }
  const isOlder = capabilities && !capabilities.otlp;
  add(
    "server",
    isOlder ? "note" : "ok",
    `The server answers: MLflow ${version}. Traces: yes. Logged models: ${capabilities?.loggedModels ? "yes" : "no"}.`,
    isOlder ? "MLflow 3.6 or newer is recommended." : undefined,
  );
  if (clockSkewMs !== undefined && Math.abs(clockSkewMs) > MAX_SKEW_MS) {
    const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
    add(
      "clock",
      "warning",
      `The server's clock is ${seconds} s ${clockSkewMs > 0 ? "ahead of" : "behind"} the clock of this machine.`,
      "Set both clocks by a time server (NTP).",
    );
  }
  return true;
}

/** Names the other scheme if the server answers there. */
async function explainFailure(uri: string, cause: unknown, settings: Settings): Promise<Finding> {
  const swapped = uri.replace(/^http(s?):/i, (_all, s: string) => (s ? "http:" : "https:"));
  const answers = await probeServer(swapped, { ...settings, insecureTls: true }).then(
    () => true,
    () => false,
  );
  if (!answers) return problemFrom(SECTION, "server", cause);
  const [wrong, right] = [uri, swapped].map((one) => one.slice(0, one.indexOf(":")));
  const shown = swapped.replace(/\/\/[^/@]*@/, "//");
  return {
    ...{ section: SECTION, check: "server", status: "problem" },
    text: `The server does not answer ${wrong}, but it answers ${right}.`,
    fix: `Set MLFLOW_TRACKING_URI=${shown}`,
  };
}

async function checkExperiment(
  store: TrackingStore,
  settings: Settings,
  findings: Finding[],
): Promise<string | undefined> {
  const choice = choiceOf(settings) ?? DEFAULT;
  try {
    if (choice.by === "name" && !(await store.getExperimentByName(choice.name))) {
      const text = `The experiment "${choice.name}" does not exist. The first trace creates it.`;
      findings.push({ section: SECTION, check: "experiment", status: "ok", text });
    }
    const { experimentId, name } = await findExperiment(store, choice);
    const text = `The experiment is "${name}" (id ${experimentId}).`;
    findings.push({ section: SECTION, check: "experiment", status: "ok", text });
    return experimentId;
  } catch (cause) {
    findings.push(explainRefusal(cause));
    return undefined;
  }
}

function explainRefusal(cause: unknown): Finding {
  const code = cause instanceof MlflowException ? cause.errorCode : "";
  if (/^Cannot set a deleted experiment/.test(messageOf(cause))) {
    return {
      ...{ section: SECTION, check: "experiment", status: "problem" },
      text: `${messageOf(cause).split(". ")[0]}.`,
      fix: "Restore it in MLflow's UI, or set MLFLOW_EXPERIMENT_NAME to another name.",
    };
  }
  const check =
    code === "UNAUTHENTICATED" || code === "PERMISSION_DENIED" ? "access" : "experiment";
  return problemFrom(SECTION, check, cause);
}

async function checkRoundTrip(store: TrackingStore, experimentId: string): Promise<Finding[]> {
  const check = "test trace";
  try {
    const traceId = await sendTestTrace(store, experimentId);
    const url = store.traceUrl(experimentId, traceId);
    const text = `A test trace was sent and read back: ${url ?? traceId}`;
    return [{ section: SECTION, check, status: "ok", text }];
  } catch (cause) {
    return [problemFrom(SECTION, check, cause)];
  }
}
