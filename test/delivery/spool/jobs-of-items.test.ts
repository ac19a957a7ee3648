import { expect, test } from "vitest";
import { jobsOfItems } from "../../../src/delivery/spool/jobs-of-items.js";
import type { SpoolItem } from "../../../src/delivery/spool/spool-file.js";
import { store } from "./spooled-trace.js";

const item = (experiment: number): SpoolItem => ({
  fields: {
    ...{ kind: "attachments", traceId: "tr-1", attachments: [] },
    experiment: { name: `experiment ${experiment}` },
  },
  payload: Buffer.alloc(0),
});

/** The destination of an item for this experiment. */
function destinationOf(experiment: number): object {
  const [job] = jobsOfItems([item(experiment)], store, () => undefined).keys();
  return (job as { readonly destination: object }).destination;
}

test("items for one experiment share their destination", () => {
  expect(destinationOf(0)).toBe(destinationOf(0));
});

test("a process that sends items for many experiments forgets the destinations that it does not use", () => {
  const [used, unused] = [destinationOf(0), destinationOf(1)];
  for (let experiment = 2; experiment < 1100; experiment += 1) {
    destinationOf(experiment);
    expect(destinationOf(0)).toBe(used);
  }
  expect(destinationOf(1)).not.toBe(unused);
});
