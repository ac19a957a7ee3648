/** A trace in the one form in which ours and Python's can be compared. */
export interface CanonicalTrace {
  readonly state: string;
  readonly requestTime: number;
  readonly requestPreview: unknown;
  readonly responsePreview: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, unknown>>;
  /** In the order they started. */
  readonly spans: readonly CanonicalSpan[];
}

export interface CanonicalSpan {
  /** Its name, and which of that name it is: `ChatOpenAI#2`. */
  readonly label: string;
  /** The label of its parent. */
  readonly parent: string | undefined;
  readonly name: string;
  readonly type: unknown;
  readonly status: string;
  readonly statusMessage: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: unknown }[];
}

type Json = Record<string, unknown>;

/** What a server answers to `GET /api/3.0/mlflow/traces/get`, parsed with exact integers. */
export function fromRest(answer: unknown): CanonicalTrace {
  const { trace_info, spans } = (answer as { trace: { trace_info: Json; spans?: Json[] } }).trace;
  return canonical(trace_info, spans ?? [], (attributes) => keyValues(attributes as KeyValue[]));
}

/** What Python's `trace.to_json()` gives, the form of the golden recordings, parsed with exact integers. */
export function fromPython(trace: unknown): CanonicalTrace {
  const { info, data } = trace as { info: Json; data: { spans: Json[] } };
  return canonical(info, data.spans, (attributes) => attributes as Json, parsedValues);
}

function canonical(
  info: Json,
  spans: readonly Json[],
  read: (attributes: unknown) => Json,
  decode: (attributes: Json) => Json = (attributes) => attributes,
): CanonicalTrace {
  const ordered = spans.toSorted((one, other) => Number(start(one) - start(other)));
  const labels = new Map<unknown, string>();
  const count = new Map<string, number>();
  for (const span of ordered) {
    const name = span.name as string;
    count.set(name, (count.get(name) ?? 0) + 1);
    labels.set(span.span_id, `${name}#${count.get(name)}`);
  }
  return {
    state: info.state as string,
    requestTime: Date.parse(info.request_time as string),
    requestPreview: fromText(info.request_preview),
    responsePreview: fromText(info.response_preview),
    metadata: parsedValues(info.trace_metadata as Json),
    tags: withoutIds(info.tags) as Json,
    spans: ordered.map((span) => {
      const { "mlflow.spanType": type, ...attributes } = decode(read(span.attributes ?? []));
      const status = span.status as { code?: string; message?: string };
      return {
        label: labels.get(span.span_id) ?? "",
        parent: labels.get(span.parent_span_id),
        name: span.name as string,
        type,
        status: (status.code ?? "STATUS_CODE_UNSET").replace("STATUS_CODE_", ""),
        statusMessage: status.message ?? "",
        attributes: withoutIds(attributes) as Json,
        events: ((span.events ?? []) as Json[]).map((event) => ({
          name: event.name as string,
          attributes: withoutIds(read(event.attributes ?? [])),
        })),
      };
    }),
  };
}

const start = (span: Json) => BigInt(span.start_time_unix_nano as bigint | number | string);

interface KeyValue {
  readonly key: string;
  readonly value?: AnyValue;
}
interface AnyValue {
  readonly string_value?: string;
  readonly bool_value?: boolean;
  readonly int_value?: number | string;
  readonly double_value?: number;
  readonly array_value?: { readonly values?: readonly AnyValue[] };
  readonly kvlist_value?: { readonly values?: readonly KeyValue[] };
}

function keyValues(list: readonly KeyValue[]): Json {
  return Object.fromEntries(list.map(({ key, value }) => [key, anyValue(value ?? {})]));
}

function anyValue(value: AnyValue): unknown {
  if (value.array_value) return (value.array_value.values ?? []).map(anyValue);
  if (value.kvlist_value) return keyValues(value.kvlist_value.values ?? []);
  if (value.int_value !== undefined) return Number(value.int_value);
  return value.string_value ?? value.bool_value ?? value.double_value ?? null;
}

function parsedValues(record: Json): Json {
  const entries = Object.entries(record).map(([key, value]) => [key, fromText(value)]);
  return Object.fromEntries(entries);
}

/** JSON text becomes its value; other text stays. */
function fromText(value: unknown): unknown {
  if (typeof value !== "string") return withoutIds(value);
  try {
    return withoutIds(JSON.parse(value));
  } catch {
    return withoutIds(value);
  }
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const IDS = new RegExp(`((lc_)?run-+)?${UUID}(-\\d+)?|chatcmpl-mock\\d+|tr-[0-9a-f]{32}`, "g");

/** Ids that differ from run to run become `<id>`, wherever they stand. */
function withoutIds(value: unknown): unknown {
  if (typeof value === "string") return value.replace(IDS, "<id>");
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutIds(entry)]));
}
