/** The text of a YAML file. Readers of YAML 1.1, such as Python's, parse it to the same values. */
export async function writeYaml(value: unknown): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(value, { version: "1.1", schema: "yaml-1.1", lineWidth: 0 });
}
