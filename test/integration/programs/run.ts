import { setTimeout as sleep } from "node:timers/promises";
import { build } from "./build.js";
import { type AnyRunnable, type Config, leave, type Stage } from "./perform.js";
import { inputOf, type Program } from "./program.js";

/** Longer than any program: what has not ended by then is stuck. */
const STUCK_MS = 300_000;
/** Long enough for a program to get to where it hangs, among hundreds of others. */
const TIMEOUT_MS = 50;
const LET_GO_MS = 50;

/** How a program ended for its host, as texts without what differs from run to run: one, or one a chunk. */
export async function run(program: Program, prefix: string, callbacks?: Config["callbacks"]) {
  let release = () => {};
  let rest = () => {};
  let hang = () => {};
  const hanging = new Promise<void>((resolve) => {
    hang = resolve;
  });
  const stage: Stage = {
    prefix,
    failed: new Set(),
    busy: 0,
    hangs: hang,
    released: new Promise<void>((resolve) => {
      release = resolve;
    }),
    idle: new Promise<void>((resolve) => {
      rest = resolve;
    }),
    late: [],
  };
  const config: Config = callbacks ? { callbacks } : {};
  const stopped = stop(program, config, hanging);
  const ended = outcomeOf(program, stage, config);
  // What hangs is let go when all has been told; LangChain 0.3 waits for it.
  void stopped.then(() => Promise.race([ended, sleep(LET_GO_MS)])).then(release);
  const stuck = sleep(STUCK_MS, ["stuck"] as string[], { ref: false });
  const outcome = await Promise.race([ended, stuck]);
  await stopped;
  await quiet(stage);
  rest();
  await Promise.all(stage.late);
  await quiet(stage);
  return outcome.map((part) => part.replaceAll(prefix, ""));
}

/** Waits for what nobody awaits. */
async function quiet(stage: Stage): Promise<void> {
  for (let checks = 0; checks < 3; checks += 1) {
    await sleep(2);
    if (stage.busy > 0) checks = 0;
  }
}

async function stop({ drive }: Program, config: Config, hanging: Promise<void>): Promise<void> {
  if (!drive.stop) return;
  const controller = new AbortController();
  if (drive.stop === "timeout") config.timeout = TIMEOUT_MS;
  else config.signal = controller.signal;
  await Promise.race([hanging, sleep(STUCK_MS, undefined, { ref: false })]);
  await sleep(drive.stop === "timeout" ? TIMEOUT_MS + 2 : 2);
  controller.abort();
  // What an abort ends may be told some turns later.
  await sleep(3);
  await sleep(3);
}

async function outcomeOf(program: Program, stage: Stage, config: Config): Promise<string[]> {
  try {
    const value = await call(program, build(program.root, stage, true), config);
    const parts = Array.isArray(value) ? value : [value];
    return parts.map((part) => JSON.stringify(part, withoutRunIds) ?? "undefined");
  } catch (thrown) {
    const error = thrown as Error;
    return [`${error.constructor.name} ${error.name}: ${error.message}`];
  }
}

/** LangChain gives messages an id of their run as soon as there is any handler. */
function withoutRunIds(key: string, value: unknown): unknown {
  if (isDictionary(value)) return Object.fromEntries(Object.entries(value).sort());
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const isRunId = key === "id" && typeof value === "string" && /^(lc_)?run-/.test(value);
  return isRunId ? undefined : value;
}

/** The branches of a map put their results into it as they come. */
function isDictionary(value: unknown): value is object {
  return typeof value === "object" && value !== null && value.constructor === Object;
}

async function call({ root, drive }: Program, runnable: AnyRunnable, config: Config) {
  const input = inputOf(root);
  switch (drive.how) {
    case "invoke":
      return runnable.invoke(input, config);
    case "batch":
      return runnable.batch(
        Array.from({ length: drive.items }, () => input),
        config,
      );
    case "transform":
      return readAll(runnable.transform(single(input), config));
    case "events v1":
    case "events v2": {
      const version = drive.how === "events v1" ? "v1" : "v2";
      const events = await readAll(runnable.streamEvents(input, { ...config, version }));
      return events.map(({ event, name }) => `${event} ${name}`);
    }
    default: {
      const stream = await runnable.stream(input, config);
      if (drive.leaveAfter === undefined) return readAll(stream);
      return leave(stream, drive.leaveAfter, drive.leaveBy ?? "break");
    }
  }
}

async function* single(input: unknown) {
  yield input;
}

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
