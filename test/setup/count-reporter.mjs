import { writeFileSync } from "node:fs";

/** A vitest reporter: writes how many tests of each project passed, failed or were skipped, and the seconds of its files. */
export default class CountReporter {
  onTestRunEnd(testModules) {
    const projects = {};
    for (const testModule of testModules) {
      const { name } = testModule.project;
      projects[name] ??= { passed: 0, failed: 0, skipped: 0, seconds: 0 };
      addTo(projects[name], testModule);
    }
    const file = process.env.TEST_COUNTS_FILE;
    if (file) writeFileSync(file, JSON.stringify(projects));
  }
}

/** A file that did not load, or whose hooks failed, counts as one failed test. */
function addTo(counts, testModule) {
  const before = counts.failed;
  for (const test of testModule.children.allTests()) {
    const { state } = test.result();
    counts[state === "passed" || state === "failed" ? state : "skipped"] += 1;
  }
  if (!testModule.ok() && counts.failed === before) counts.failed += 1;
  counts.seconds += testModule.diagnostic().duration / 1000;
}
