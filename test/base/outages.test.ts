import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ANY_PLACE, endOutage, warnInOutage } from "../../src/base/outages.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
let lines: string[];
let server = 0;
let place: string;

beforeEach(() => {
  server += 1;
  place = `http://server-${server}`;
  lines = [];
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const fail = (at = place) => warnInOutage(at, `send ${at}`, `traces for ${at}: refused`);

test("each outage is logged once", () => {
  for (let outage = 1; outage <= 3; outage += 1) {
    for (let attempt = 0; attempt < 5; attempt += 1) fail();
    expect(lines).toHaveLength(outage);
    endOutage(place);
    vi.advanceTimersByTime(HOUR_MS);
  }
});

test("a server that works and fails in turn every second is logged less than ten times in an hour", () => {
  for (let second = 0; second < 3600; second += 1) {
    fail();
    endOutage(place);
    vi.advanceTimersByTime(1000);
  }
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.length).toBeLessThan(10);
});

test("a second outage that starts soon after the first one is logged when it has lasted a minute", () => {
  fail();
  endOutage(place);
  vi.advanceTimersByTime(MINUTE_MS / 2);
  fail();
  expect(lines).toHaveLength(1);
  vi.advanceTimersByTime(MINUTE_MS / 2);
  fail();
  expect(lines).toHaveLength(2);
});

test("a server that works does not end the outage of another one", () => {
  fail();
  endOutage("http://other");
  vi.advanceTimersByTime(HOUR_MS);
  fail();
  expect(lines).toHaveLength(1);
});

test("any server that works ends a warning about all servers", () => {
  const warn = () => warnInOutage(ANY_PLACE, `drop ${server}`, "traces are lost (blocked)");
  warn();
  endOutage(place);
  vi.advanceTimersByTime(HOUR_MS);
  warn();
  expect(lines).toHaveLength(2);
});
