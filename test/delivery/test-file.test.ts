import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { onTestFileEnd } from "../../src/delivery/test-file.js";

// `npm run test:apps` runs Jest itself. These are the global variables that its versions set in a test file.
const HANDLERS = Symbol.for("EVENT_HANDLERS");
const STATE = Symbol("JEST_STATE_SYMBOL");

type Handler = (event: { name: string }) => unknown;
const afterTests = async () => {};
const afterAll = vi.fn();
const effects = { afterTests, afterAll, limitMs: () => 15_000 };
const addHook = vi.fn();
let handlers: Handler[];

function startJest(version: 29 | 30, hasStarted: boolean): void {
  handlers = [];
  vi.stubEnv("JEST_WORKER_ID", "1");
  vi.stubGlobal("afterAll", addHook);
  Object.assign(globalThis, { [STATE]: { hasStarted } });
  if (version === 30) Object.assign(globalThis, { [HANDLERS]: handlers });
}

beforeEach(() => {
  vi.clearAllMocks();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(globalThis, STATE);
  Reflect.deleteProperty(globalThis, HANDLERS);
});

describe("the end of a Jest file", () => {
  test.each([29, 30] as const)(
    "in Jest %i, before the first test, is a hook with a time limit",
    (version) => {
      startJest(version, false);
      expect(onTestFileEnd(effects)).toBe("observed");
      expect(addHook.mock.calls).toEqual([[afterTests, 15_000]]);
      for (const handle of handlers) handle({ name: "run_finish" });
      // What later hooks have recorded.
      expect(afterAll.mock.calls).toEqual(version === 30 ? [[true]] : []);
    },
  );

  test("in Jest 30, in a test, is an event, because a hook would fail the test", () => {
    startJest(30, true);
    expect(onTestFileEnd(effects)).toBe("observed");
    expect(addHook).not.toHaveBeenCalled();
    for (const name of ["test_done", "run_finish"]) handlers[0]?.({ name });
    expect(afterAll.mock.calls).toEqual([[false]]);
  });

  test("in Jest 29, in a test, is not observed", () => {
    startJest(29, true);
    expect(onTestFileEnd(effects)).toBe("unobserved");
    expect(addHook).not.toHaveBeenCalled();
  });
});

test("a program that a Jest test starts is no test file", () => {
  vi.stubEnv("JEST_WORKER_ID", "1");
  vi.stubGlobal("afterAll", addHook);
  expect(onTestFileEnd(effects)).toBe("no test file");
  expect(addHook).not.toHaveBeenCalled();
});
