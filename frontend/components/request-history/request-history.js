/** The history of a request as sentences, with former and new values. */
import { fieldAt, fieldValue } from '../request-view/request-view.js';
import { timeline } from '../timeline/timeline.js';
import { personName } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { findField, labelOf } from '../../lib/product-form.js';

/** @type {Record<string, string>} what changes beside the form's fields */
const OUTSIDE_FORM = { '/attachments': 'history.file', '/applicant': 'requests.applicant' };

/** @param {{events: Contract['Event'][], product: Contract['Product']}} data */
export function historyTab({ events, product }) {
  const newestFirst = [...events].sort((a, b) => (a.at < b.at ? 1 : -1));
  if (newestFirst.length === 0) return h('p', null, t('history.none'));
  return timeline(
    newestFirst.map((event) => ({
      at: event.at,
      title: t(`history.${event.event}`, { who: actorName(event) }),
      detail: [
        event.reason && h('blockquote', null, event.reason),
        changeList(event.changes, product),
      ],
    })),
  );
}

/** @param {Contract['Event']} event */
function actorName({ actor, as_staff: asStaff, program }) {
  const who = actor
    ? personName(actor)
    : t(asStaff ? 'history.actor_instructor' : 'history.actor_program');
  return program ? t('history.by_program', { who, name: program }) : who;
}

/**
 * @param {Contract['MemberChange'][]} changes
 * @param {Contract['Product']} product
 */
function changeList(changes, product) {
  if (changes.length === 0) return null;
  return h(
    'details',
    null,
    h('summary', null, t('history.changes', { count: changes.length })),
    h(
      'dl',
      { class: 'history-changes' },
      changes.map((change) => [
        h(
          'dt',
          null,
          OUTSIDE_FORM[change.pointer]
            ? t(OUTSIDE_FORM[change.pointer])
            : labelOf(product, change.pointer),
        ),
        h(
          'dd',
          null,
          h('del', null, shown(change.pointer, change.former, product)),
          ' → ',
          h('ins', null, shown(change.pointer, change.new, product)),
        ),
      ]),
    ),
  );
}

/**
 * @param {string} pointer
 * @param {unknown} value
 * @param {Contract['Product']} product
 */
function shown(pointer, value, product) {
  const field = findField(product, pointer)?.field;
  const node = field
    ? fieldValue(fieldAt(field, pointer, product), value, product)
    : Array.isArray(value)
      ? value.join(', ')
      : typeof value === 'object' && value !== null
        ? JSON.stringify(value)
        : /** @type {Child} */ (value);
  return node === null || node === undefined || node === '' ? t('history.empty') : node;
}
