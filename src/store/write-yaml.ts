/** The text of a YAML file that readers of YAML 1.1, Python's among them, take for the same values. */
export async function writeYaml(value: unknown): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(value, { version: "1.1", schema: "yaml-1.1", lineWidth: 0 });
}
