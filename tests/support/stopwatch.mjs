// How long something took, for the few promises that are made in seconds. Time in which the machine did not
// let this process run is not counted: it did not let the program run either.
const TICK_MS = 10;
// Less than this is the work of the process itself.
const STALL_MS = 50;

let stalled = 0;
let last = performance.now();

/** Milliseconds that this process has lost so far. */
export function stalledMs() {
  const late = performance.now() - last - TICK_MS;
  return late < STALL_MS ? stalled : stalled + late;
}

setInterval(() => {
  stalled = stalledMs();
  last = performance.now();
}, TICK_MS).unref();

/** Starts; what it returns gives the milliseconds since. */
export function stopwatch() {
  const started = performance.now();
  const before = stalledMs();
  return () => performance.now() - started - (stalledMs() - before);
}
