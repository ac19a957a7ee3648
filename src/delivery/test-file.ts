import { isInJest } from "../settings/runtime-variables.js";

/** What Jest's runner keeps in the globals of each test file. Jest 30 has the handlers, and earlier versions only the state. */
const HANDLERS = Symbol.for("EVENT_HANDLERS");
const STATE = "JEST_STATE_SYMBOL";

interface RunnerEvent {
  readonly name: string;
}
type Handler = (event: RunnerEvent) => unknown;
type AddHook = (hook: () => unknown, timeoutMs: number) => void;
type Globals = Readonly<Record<string | symbol, unknown>>;

/** Whether the code runs in a test file of Jest, which has globals of its own. */
export function isInJestFile(): boolean {
  return runnerState() !== undefined;
}

export interface TestFileEffects {
  /** Called after the tests, before hooks of `afterAll()` that the file adds later. */
  readonly afterTests: () => Promise<void>;
  /** How long `afterTests` may take. */
  readonly limitMs: () => number;
  /** Called after all hooks, when no module can be loaded any more. `isHooked`: after `afterTests`. */
  readonly afterAll: (isHooked: boolean) => void;
}

/**
 * Observes the end of a test file of Jest, which emits no event of `process` to it. After the first test has started, Jest
 * refuses hooks. Only Jest 30 has an event of the runner. "unobserved": there is neither a hook nor an event.
 */
export function onTestFileEnd(
  effects: TestFileEffects,
): "observed" | "unobserved" | "no test file" {
  const state = runnerState();
  if (!state) return "no test file";
  const globals = globalThis as Globals;
  const handlers = globals[HANDLERS] as Handler[] | undefined;
  const addHook = globals.afterAll as AddHook | undefined;
  const isHooked = !state.hasStarted && typeof addHook === "function";
  if (isHooked) addHook(effects.afterTests, effects.limitMs());
  if (!Array.isArray(handlers)) return isHooked ? "observed" : "unobserved";
  handlers.push(({ name }) => {
    if (name === "run_finish") effects.afterAll(isHooked);
  });
  return "observed";
}

function runnerState(): { readonly hasStarted?: boolean } | undefined {
  if (!isInJest()) return undefined;
  const symbols = Object.getOwnPropertySymbols(globalThis);
  const key = symbols.find(({ description }) => description === STATE);
  return key && ((globalThis as Globals)[key] as object | undefined);
}
