/** The state of autosave ("Enregistré à 14 h 32"), as a status for screen readers too. */
import { formatTime } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

export function saveLine() {
  const element = h('p', { class: 'save-line', role: 'status' }, t('save.automatic'));
  return {
    element,
    /**
     * @param {import('../../../lib/autosave.js').SaveState} state
     * @param {import('../../../lib/api.js').ApiError | null} error
     */
    show(state, error) {
      const refused = error?.status === 422;
      element.textContent =
        state === 'saved'
          ? t('save.saved', { time: formatTime(Date.now()) })
          : t(refused ? 'save.refused' : `save.${state}`);
      element.classList.toggle('save-line-failed', state === 'failed');
    },
  };
}
