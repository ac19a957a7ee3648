import { describe, expect, it } from "vitest";
import { capabilitiesOf } from "../../../src/store/rest/capabilities.js";

describe("what a server supports, by its version", () => {
  it.each([
    [2, 22, { traceInfos: false, otlp: false }],
    [3, 1, { traceInfos: false, otlp: false }],
    [3, 2, { traceInfos: true, otlp: false, wholeTraces: false }],
    [3, 5, { traceInfos: true, otlp: false, wholeTraces: false }],
    [
      3,
      6,
      { otlp: true, wholeTraces: false, dialect: { traceFields: false, parsesJsonText: false } },
    ],
    [
      3,
      7,
      { otlp: true, wholeTraces: true, dialect: { traceFields: false, parsesJsonText: true } },
    ],
    [3, 13, { dialect: { traceFields: false, parsesJsonText: true } }],
    [3, 14, { dialect: { traceFields: true, parsesJsonText: true } }],
    [
      4,
      0,
      {
        traceInfos: true,
        otlp: true,
        wholeTraces: true,
        dialect: { traceFields: true, parsesJsonText: true },
      },
    ],
  ])("%i.%i", (major, minor, expected) => {
    expect(capabilitiesOf(`${major}.${minor}.0`)).toMatchObject(expected);
  });
});
