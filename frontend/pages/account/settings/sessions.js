/** The open sessions of the account, and logging out everywhere. */
import { act } from '../../../components/act/act.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { dataTable } from '../../../components/table/table.js';
import { del } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @param {Contract['SessionEntry'][]} list */
export function sessionsSection(list) {
  const everywhere = () =>
    askDialog({
      title: t('account.log_out_all_title'),
      content: h('p', null, t('account.log_out_all_text')),
      submit: t('account.log_out_all'),
      danger: true,
      onsubmit: async () => {
        await del('/v1/account/sessions');
        await session.load();
      },
    });
  return [
    dataTable({
      caption: t('account.sessions'),
      rows: list,
      columns: [
        {
          label: t('account.device'),
          head: true,
          cell: (s) => [
            deviceName(s.user_agent),
            s.current && h('span', { class: 'muted' }, ' ', t('account.current_session')),
          ],
        },
        { label: t('account.ip'), cell: (s) => s.ip },
        { label: t('account.last_seen'), cell: (s) => timeElement(s.last_seen_at) },
      ],
    }),
    h(
      'div',
      { class: 'actions' },
      h(
        'button',
        { type: 'button', class: 'danger', onclick: act(() => everywhere()) },
        t('account.log_out_all'),
      ),
    ),
  ];
}

/**
 * "Firefox, Windows" from a user agent; the whole of it when nothing is known.
 * @param {string | null} agent
 */
export function deviceName(agent) {
  if (!agent) return t('account.unknown_device');
  const browser = [
    /Edg\//,
    'Edge',
    /Firefox\//,
    'Firefox',
    /Chrom(e|ium)\//,
    'Chrome',
    /Safari\//,
    'Safari',
  ];
  const system = [
    /Android/,
    'Android',
    /iPhone|iPad/,
    'iOS',
    /Windows/,
    'Windows',
    /Mac OS/,
    'macOS',
    /Linux/,
    'Linux',
  ];
  const found = [firstMatch(browser, agent), firstMatch(system, agent)].filter(Boolean);
  return found.length > 0 ? found.join(', ') : agent;
}

/**
 * @param {(RegExp | string)[]} table patterns and names in turn
 * @param {string} text
 */
function firstMatch(table, text) {
  const at = table.findIndex((entry) => entry instanceof RegExp && entry.test(text));
  return at < 0 ? null : /** @type {string} */ (table[at + 1]);
}
