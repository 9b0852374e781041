/**
 * Asks again and again while somebody looks: never twice at a time, not while the window is hidden,
 * at once when it is seen again, and no more once the page is left or the part is gone.
 */

/**
 * @param {() => Promise<void>} run   handles its own failures
 * @param {{everyMs: number, signal: AbortSignal, isWanted: () => boolean}} options `isWanted` is asked
 *   before each turn: false ends it
 */
export function poll(run, { everyMs, signal, isWanted }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let running = false;
  let ended = false;

  async function turn() {
    clearTimeout(timer);
    if (running || ended || document.hidden) return;
    if (!isWanted()) return end();
    running = true;
    await run().finally(() => {
      running = false;
    });
    plan();
  }
  function plan() {
    if (!ended) timer = setTimeout(() => void turn(), everyMs);
  }
  function onVisibility() {
    if (!document.hidden) void turn();
  }
  function end() {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisibility);
    signal.removeEventListener('abort', end);
  }

  document.addEventListener('visibilitychange', onVisibility);
  signal.addEventListener('abort', end);
  plan();
}
