/** The question before an act on somebody's account: what it does, and why it is done. */
import { askDialog } from '../../../components/dialog/dialog.js';
import { dateField, textArea } from '../../../components/field/field.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/**
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.text
 * @param {string} options.submit
 * @param {boolean} [options.ends] asks for a last day too
 * @param {(values: {reason: string, until: string}, extra: {idempotencyKey: string}) => Promise<void>} options.onsubmit
 */
export function askReason({ title, text, submit, ends = false, onsubmit }) {
  const reason = textArea({
    name: 'reason',
    label: t('support.reason'),
    hint: t('support.reason_hint'),
    rows: 3,
    maxlength: 20000,
  });
  const until = dateField({
    name: 'until',
    label: t('accounts.until'),
    hint: t('accounts.until_hint'),
    optional: true,
  });
  return askDialog({
    title,
    content: h('p', null, text),
    fields: ends ? [reason, until] : [reason],
    submit,
    danger: true,
    onsubmit: (values, extra) =>
      onsubmit({ reason: String(values.reason), until: String(values.until ?? '') }, extra),
  });
}
