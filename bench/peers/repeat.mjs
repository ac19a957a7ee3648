/** Makes so many calls of a program, and delivers their traces. */
export async function repeat({ call, callsPerTurn, callsPerFlush }, flush, count) {
  for (let i = 0; i < count; i++) {
    await call();
    if ((i + 1) % callsPerTurn === 0) await new Promise(setImmediate);
    if (callsPerFlush && (i + 1) % callsPerFlush === 0) await flush();
  }
  await flush();
}
