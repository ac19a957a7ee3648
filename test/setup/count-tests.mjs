/** Sums vitest's JSON report over all projects. A file that did not load counts as one failed test. */
export function countTests({ testResults }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of testResults) {
    for (const { status } of file.assertionResults) {
      if (status === "passed" || status === "failed") counts[status] += 1;
      else counts.skipped += 1;
    }
    const failedTests = file.assertionResults.some(({ status }) => status === "failed");
    if (file.status === "failed" && !failedTests) counts.failed += 1;
  }
  return counts;
}
