/**
 * A part of a page that is fetched after the page is drawn, and again after a change.
 *
 *   const { place, draw } = loadedPart(async () => node or nodes)
 *
 * `place` shows that it is loading, then what `load` gives; where `load` fails, what failed and a
 * button to try again. Nothing is fetched before the first `draw()`.
 */
import { ApiError } from '../../lib/api.js';
import { h, replaceChildren } from '../../lib/h.js';
import { errorBox, loadingState } from '../page-states/page-states.js';

/** @param {() => Promise<Node | Node[]>} load */
export function loadedPart(load) {
  const place = h('div', null, loadingState());

  async function draw() {
    try {
      replaceChildren(place, await load());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.kind === 'aborted') return;
      replaceChildren(
        place,
        errorBox(error, () => void draw()),
      );
    }
  }
  return { place, draw };
}
