const UNLIMITED = -1;
/** The parser's own limit is 100, which data of the app may exceed. */
const MAX_DEPTH = 10_000;

/** Formats a value as Python does. Readers of YAML 1.1, such as Python's, parse the text to the same value. */
export async function formatYaml(
  value: unknown,
  options: { readonly sortKeys?: boolean } = {},
): Promise<string> {
  const { dump } = await import("js-yaml");
  return dump(value, {
    ...options,
    lineWidth: UNLIMITED,
    noRefs: true,
    skipInvalid: true,
    seqNoIndent: true,
  });
}

/** Throws if the text is not YAML. The parser loads at the first call: an app that only writes traces never needs it. */
export async function parseYaml(text: string): Promise<unknown> {
  const { load } = await import("js-yaml");
  return load(text, { maxDepth: MAX_DEPTH });
}
