/** The text of a file of this folder. */
declare module "*?raw" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: The name of the only export is given.
  export default text;
}
