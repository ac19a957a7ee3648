import { expect, test } from "vitest";
import { expectCutShort } from "../../support/ledger.js";
import { check } from "./check.js";
import { generate } from "./generate.js";

const FIRST = Number(process.env.PROGRAM_SEED ?? 1);
const COUNT = Number(process.env.PROGRAM_COUNT ?? 1_000);
/** Programs at once. If they are many on a slow machine, work in the background takes longer than its trace waits. */
const WAVE = 50;
const SHOWN = Number(process.env.PROGRAM_SHOWN ?? 3);

test(`random programs create the predicted traces, and their results do not change`, {
  timeout: 1_800_000,
}, async () => {
  // Streams that nobody reads are ended by nothing else.
  expectCutShort("some");
  const faults: string[] = [];
  let observedAlone = 0;
  let lean = 0;
  for (let seed = FIRST; seed < FIRST + COUNT; seed += WAVE) {
    const length = Math.min(WAVE, FIRST + COUNT - seed);
    const programs = Array.from({ length }, (_, index) => ({
      name: `seed ${seed + index}`,
      program: generate(seed + index),
    }));
    const checked = await check(programs);
    faults.push(...checked.faults);
    observedAlone += checked.observedAlone;
    lean += checked.lean;
  }
  expect(faults.slice(0, SHOWN).join("\n\n"), `${faults.length} faults`).toBe("");
  // The others use `streamEvents()` or start no run.
  expect(lean).toBe(observedAlone);
  expect(observedAlone).toBeGreaterThan(0.85 * COUNT);
});
