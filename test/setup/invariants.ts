import { afterEach, beforeEach, expect } from "vitest";
import { faultsAtRest, isExempt, reset } from "../support/ledger.js";

// Registered first, so run last: what a test file itself tidies up is tidied by then.
beforeEach(reset);
afterEach(async () => {
  if (!isExempt()) expect(await faultsAtRest()).toEqual([]);
});
