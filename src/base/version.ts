type Version = readonly [major: number, minor: number, patch: number];

/** Parses a version such as `1.1.8` or `1.2.0-rc.1`. A missing number is 0. A prerelease has the numbers of its release. */
function parse(version: string): Version {
  const [major = 0, minor = 0, patch = 0] = version
    .split(".")
    .map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor, patch];
}

/** Whether a version is `minimum` or newer: `isAtLeast("1.2.0", "1.1.8")` is true. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [major, minor, patch] = parse(version);
  const [minMajor, minMinor, minPatch] = parse(minimum);
  if (major !== minMajor) return major > minMajor;
  return minor === minMinor ? patch >= minPatch : minor > minMinor;
}

/** Whether a version is `minimum` or newer, and older than `limit`. */
export function isInRange(version: string, minimum: string, limit: string): boolean {
  return isAtLeast(version, minimum) && !isAtLeast(version, limit);
}
