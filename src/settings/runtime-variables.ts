/** Whether Jest has started this process, or a process that started it. */
export function isInJest(): boolean {
  return process.env.JEST_WORKER_ID !== undefined;
}

/** The flags of Node.js in the environment. */
export function nodeOptions(): string {
  return process.env.NODE_OPTIONS ?? "";
}
