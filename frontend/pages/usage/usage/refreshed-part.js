/** A part of the page that is drawn again when its data changed; open details stay open and keep the focus. */
import { alert } from '../../../components/alert/alert.js';
import { errorBox } from '../../../components/page-states/page-states.js';
import { h, replaceChildren } from '../../../lib/h.js';

const MINUTE_MS = 60_000;

export function refreshedPart() {
  const place = h('div', null);
  let shown = '';
  const folds = () => [...place.querySelectorAll('details')];
  const summaries = () => folds().map((fold) => fold.querySelector('summary'));
  return {
    place,
    /**
     * @template T
     * @param {T} data
     * @param {(data: T) => Node | null} draw
     */
    show(data, draw) {
      // Ignores the end of the range, which moves with the clock; relative times change every minute.
      const minute = Math.floor(Date.now() / MINUTE_MS);
      const text = JSON.stringify([minute, data], (name, value) =>
        ['from', 'to'].includes(name) ? undefined : value,
      );
      if (text === shown) return;
      shown = text;
      const open = folds().map((fold) => fold.open);
      const focused = summaries().findIndex((summary) => summary === document.activeElement);
      replaceChildren(place, draw(data));
      for (const [i, fold] of folds().entries()) fold.open = open[i] ?? fold.open;
      /** @type {HTMLElement | null | undefined} */ (summaries()[focused])?.focus();
    },
    /**
     * @param {import('../../../lib/api.js').ApiError} error
     * @param {() => Promise<void>} retry
     */
    fail(error, retry) {
      shown = '';
      const wrong = [...error.fields.values()].map(({ message }) => message);
      replaceChildren(
        place,
        wrong.length > 0 ? alert('bad', wrong.join(' ')) : errorBox(error, () => void retry()),
      );
    },
  };
}
