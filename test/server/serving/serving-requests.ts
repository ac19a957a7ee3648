/** One request that both servers receive. */
export interface ServingRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const JSON_TYPE = { "content-type": "application/json" };
const get = (path: string, method = "GET"): ServingRequest => ({ method, path });
const text = (body: string, type = "application/json"): ServingRequest => ({
  method: "POST",
  path: "/invocations",
  headers: { "content-type": type },
  body,
});
const json = (body: unknown): ServingRequest => ({
  method: "POST",
  path: "/invocations",
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});

const ROW = { question: "a" };
const SPLIT = {
  columns: ["question", "count"],
  data: [
    ["a", 1],
    ["b", 2],
  ],
};
const chat = { messages: [{ role: "user", content: "hello" }] };

/** The columns are those of the model in `python-model.py`. */
export const REQUESTS: Readonly<Record<string, ServingRequest>> = {
  ping: get("/ping"),
  health: get("/health"),
  version: get("/version"),
  "ping with a query": get("/ping?a=1"),
  "ping by HEAD": get("/ping", "HEAD"),
  "ping by POST": get("/ping", "POST"),
  "invocations by GET": get("/invocations"),
  "invocations by PUT": get("/invocations", "PUT"),
  "an OPTIONS request": get("/invocations", "OPTIONS"),
  "an unknown path": get("/unknown"),
  "the root": get("/"),
  "a path of Object.prototype": get("/constructor"),
  "a path with a slash at its end": get("/ping/"),
  "inputs of one row": json({ inputs: ROW }),
  "inputs of rows": json({ inputs: [ROW, { question: "b", count: 2 }] }),
  "inputs of columns": json({ inputs: { question: ["a", "b"], count: [1, 2] } }),
  "inputs of columns of texts": json({ inputs: { question: ["a", "b"] } }),
  "instances of columns of texts": json({ instances: { question: ["a", "b"] } }),
  "a column of one text": json({ inputs: { question: ["a"] } }),
  "columns of different lengths, one empty": json({
    inputs: { question: ["a", "b"], count: [1, 2], day: [] },
  }),
  "columns of different lengths": json({ inputs: { question: ["a", "b"], count: [1] } }),
  "columns of texts of different lengths": json({ inputs: { question: ["a", "b"], other: ["c"] } }),
  "an extra column of texts": json({ inputs: { question: ["a", "b"], other: ["c", "d"] } }),
  "a column and a value": json({ inputs: { question: ["a", "b"], count: 1 } }),
  "a column of lists": json({ inputs: { question: [["a"], ["b"]] } }),
  "an empty column": json({ inputs: { question: [] } }),
  "a number for a text": json({ dataframe_records: [{ question: 1 }] }),
  "an object for a text of inputs that are an object": json({ inputs: { question: { a: 1 } } }),
  "an object for a text of dataframe_records": json({
    dataframe_records: [{ question: { a: 1 } }],
  }),
  "params as a number": json({ inputs: ROW, params: 3 }),
  "null for an optional integer": json({ dataframe_records: [{ question: "a", count: null }] }),
  "null for an optional integer of inputs": json({ inputs: [{ question: "a", count: null }] }),
  "a number as a date": json({ dataframe_records: [{ question: "a", day: 1_700_000_000 }] }),
  "a boolean as a date": json({ dataframe_records: [{ question: "a", day: true }] }),
  "a boolean for a text": json({ dataframe_records: [{ question: true }] }),
  "a text for a boolean": json({ dataframe_records: [{ question: "a", sure: "true" }] }),
  "a text for a boolean of inputs": json({ inputs: [{ question: "a", sure: "true" }] }),
  "null for an optional boolean": json({ inputs: [{ question: "a", sure: null }] }),
  "null for an optional binary column": json({ inputs: [{ question: "a", bytes: null }] }),
  "null for an optional binary column of dataframe_records": json({
    dataframe_records: [{ question: "a", bytes: null }],
  }),
  instances: json({ instances: [ROW, { question: "b" }] }),
  "an empty list of inputs": json({ inputs: [] }),
  dataframe_split: json({ dataframe_split: SPLIT }),
  "dataframe_split with an index": json({ dataframe_split: { ...SPLIT, index: [5, 6] } }),
  "dataframe_split with a short index": json({ dataframe_split: { ...SPLIT, index: [5] } }),
  "dataframe_split with a short row": json({ dataframe_split: { ...SPLIT, data: [["a"]] } }),
  "dataframe_split without data": json({ dataframe_split: { columns: ["question"] } }),
  "dataframe_split with an unknown field": json({ dataframe_split: { ...SPLIT, rows: 1 } }),
  "dataframe_split as a list": json({ dataframe_split: [ROW] }),
  dataframe_records: json({ dataframe_records: [ROW] }),
  "dataframe_records as a dictionary": json({ dataframe_records: ROW }),
  "an extra column": json({ dataframe_records: [{ question: "a", other: 1 }] }),
  "an unknown field beside inputs": json({ inputs: ROW, other: 1 }),
  "two formats": json({ inputs: ROW, instances: [ROW] }),
  "no format": json({ data: [ROW] }),
  "a list as the body": json([ROW]),
  "a text as the body": json("a"),
  "null as the body": json(null),
  "an empty body": text(""),
  "an empty dictionary": json({}),
  "broken JSON": text('{"inputs": '),
  "a column is missing": json({ dataframe_records: [{ count: 1 }] }),
  "a column is missing in inputs": json({ inputs: { count: 1 } }),
  "a text for a number": json({ dataframe_records: [{ question: "a", count: "many" }] }),
  "a text for a number in inputs": json({ inputs: [{ question: "a", count: "many" }] }),
  "a number in a text": json({ dataframe_records: [{ question: "a", count: "3" }] }),
  "a number in a text of inputs": json({ inputs: [{ question: "a", count: "3" }] }),
  "a fraction for a whole number": json({ dataframe_records: [{ question: "a", count: 1.5 }] }),
  "a fraction in inputs": json({ inputs: [{ question: "a", count: 1.5 }] }),
  "a number for a text in inputs": json({ inputs: [{ question: 1 }] }),
  "an object for a text": json({ inputs: [{ question: { a: 1 } }] }),
  "NaN for a number": text('{"dataframe_records": [{"question": "a", "score": NaN}]}'),
  "Infinity for a number": text('{"dataframe_records": [{"question": "a", "score": Infinity}]}'),
  "NaN in a text": json({ inputs: [{ question: 'NaN "Infinity" \\' }] }),
  "null for an optional number": json({ dataframe_records: [{ question: "a", score: null }] }),
  "null for a required text": json({ dataframe_records: [{ question: null }] }),
  "a date": json({ dataframe_records: [{ question: "a", day: "2026-01-02" }] }),
  "a time": json({ dataframe_records: [{ question: "a", day: "2026-01-02T03:04:05" }] }),
  "a date in inputs": json({ inputs: [{ question: "a", day: "2026-01-02" }] }),
  "a wrong date": json({ dataframe_records: [{ question: "a", day: "tomorrow" }] }),
  params: json({ inputs: ROW, params: { temperature: 0.9 } }),
  "a param of another type": json({ inputs: ROW, params: { temperature: "hot" } }),
  "an unknown param": json({ inputs: ROW, params: { heat: 1 } }),
  "params as a list": json({ inputs: ROW, params: [1] }),
  "params null": json({ inputs: ROW, params: null }),
  chat: json(chat),
  "chat with a param": json({ ...chat, question: "q", temperature: 0.1 }),
  "a prompt": json({ prompt: "hello" }),
  "a body of 1 MB": json({ inputs: { question: "a".repeat(1_000_000) } }),
  "text/csv": text("question\na\n", "text/csv"),
  "text/plain": text("a", "text/plain"),
  "UTF-8 named": text(JSON.stringify({ inputs: ROW }), "application/json; charset=UTF-8"),
  "another charset": text("{}", "application/json; charset=latin-1"),
  "an unknown parameter of the type": text("{}", "application/json; format=split"),
  "JSON of another type": text("{}", "application/vnd.api+json"),
  "a model that throws": json({ inputs: { question: "throw" } }),
  "an answer of NaN": json({ inputs: { question: "nan" } }),
};
