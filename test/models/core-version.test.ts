import { expect, test } from "vitest";
import { checkCoreVersion, isSafeCoreVersion } from "../../src/models/serialize/runnable-data.js";

test.each([
  ...["0.3.80", "0.3.99", "1.1.8", "1.1.48", "1.2.0", "1.4.0"].map((one) => [one, true] as const),
  ...["0.2.99", "0.3.0", "0.3.66", "0.3.79", "0.4.0", "1.0.0", "1.1.0", "1.1.7", "2.0.0"].map(
    (one) => [one, false] as const,
  ),
])("objects are loaded with core %s: %s", (version, isAllowed) => {
  expect(isSafeCoreVersion(version)).toBe(isAllowed);
});

test("the error for another core names its version and the accepted versions", () => {
  expect(() => checkCoreVersion("0.3.66")).toThrow(
    /@langchain\/core 0\.3\.66 has a known vulnerability.*>=0\.3\.80 <0\.4 or >=1\.1\.8 <2/,
  );
  expect(() => checkCoreVersion(undefined)).toThrow(/of an unknown version/);
});
