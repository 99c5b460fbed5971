/** Everything has happened that does not wait for time: promises, and the turns of the event loop that they lead to. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}
