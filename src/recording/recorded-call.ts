import type { KeptMedia } from "../data/media.js";
import type { Meter } from "../data/snapshot.js";
import type { Destination } from "../delivery/destination.js";
import type { Assessment } from "../trace/assessment.js";
import { newTraceId } from "../trace/ids.js";
import type { Redact } from "../trace/redact.js";
import type { SpanLink } from "../trace/span.js";
import type { CallValues, GivenFields, Origin, RemoteParent } from "./call-values.js";
import type { TraceHolder } from "./trace-holder.js";

/** What is recorded of a Call as a whole. Its spans and scopes are in the subclass. */
export abstract class RecordedCall implements Meter {
  /** Empty for a Call that is not sampled: it exists only so that the runs in it do not become roots. */
  readonly traceId: string;
  readonly sampled: boolean;
  /** Where the trace is sent. Fixed when the root call starts. */
  destination: Destination | undefined;
  readonly startMs: number;
  readonly tags: Record<string, string>;
  readonly metadata: Record<string, string> = {};
  /** Those that were logged while the Call was open. */
  assessments: readonly Assessment[] | undefined;
  /** The object that the app called. Cleared when the Call is sealed. */
  self: object | undefined;
  /** Index within a root batch. */
  item = 0;
  /** Kept only for an object that is logged as a model. */
  shown: CallValues | undefined;
  origin: Origin | undefined;
  /** False if the Call is recorded only to log a model, and its trace is not sent. */
  isWanted = true;
  /** Receives the complete trace, which is otherwise sent at once. */
  holder: TraceHolder | undefined;
  /** What the app has set for the trace. */
  given: GivenFields | undefined;
  hasSpansByHand = false;
  /** The span of another process around the Call, which is then a part of that trace. */
  readonly remoteParent: RemoteParent | undefined;
  /** The app received the ids of the trace for another process, or OpenTelemetry did. */
  isShared = false;
  /** The links that the root gets: to the span of OpenTelemetry that was active when the Call opened. */
  rootLinks: readonly SpanLink[] | undefined;
  /** Errors that spans of this Call have reported. */
  readonly reportedErrors = new Set<unknown>();
  /** The app excludes values of a run of this Call: see `recording/value-policy.ts`. */
  hasPolicy = false;
  /** The app excludes this part of another Call, which is recorded. */
  isExcluded = false;
  /** The Call exceeded its timeout: what it still does is not recorded. */
  timedOut = false;
  /** Runs that have no span of their own and share their parent's. */
  readonly hiddenRunIds: string[] = [];
  characters = 0;
  sharedCharacters = 0;
  copies: Meter["copies"];
  /** False if functions of the app receive its values, which they may change. */
  sharesCopies = false;
  /** Undefined if attachments are turned off. */
  media: KeptMedia | undefined;
  sessionId: string | undefined;
  /** The user's function, until every value of the Call was passed to it. */
  redact: Redact | undefined;

  constructor(
    init: Pick<RecordedCall, "sampled" | "destination" | "tags" | "startMs"> &
      Partial<Pick<RecordedCall, "remoteParent">>,
  ) {
    this.sampled = init.sampled;
    this.remoteParent = init.remoteParent;
    this.traceId = init.sampled ? (init.remoteParent?.traceId ?? newTraceId()) : "";
    this.destination = init.destination;
    this.tags = init.tags;
    this.startMs = init.startMs;
  }
}
