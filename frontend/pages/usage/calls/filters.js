/** The filters of the list of calls. */
import { act } from '../../../components/act/act.js';
import { selectField, textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

const STATUSES = ['2xx', '4xx', '5xx', '401', '403', '404', '422', '429', '502', '503', '504'];

/** Parameters of the API and where the address keeps them; the times as they are typed. */
/** @type {Record<string, string>} */
export const FILTERS = {
  status: 'statut',
  error_code: 'erreur',
  endpoint: 'point',
  from: 'depuis',
  to: 'jusqua',
  request_id: 'reference',
};

const ERROR_CODE = /^[0-9]{5}$/;

/** Not an endpoint of the product, but its calls are logged too. */
const PRIVILEGES = '/privileges';

/** What a browser calls a local time, as the API has it. @param {string} typed */
export function toTime(typed) {
  const at = new Date(typed);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/**
 * @param {Context} ctx
 * @param {Record<string, string>} values
 * @param {string[]} paths of the endpoints that the token opens
 * @param {() => Promise<void>} draw
 */
export function filterForm(ctx, values, paths, draw) {
  // Includes the endpoint in the address: the token may have lost the scope that opened it.
  const known = new Set([...paths, PRIVILEGES, values.endpoint].filter(Boolean));
  const choice = (/** @type {string} */ value) => ({ value, label: value });
  const status = selectField({
    name: 'status',
    label: t('calls.status'),
    optional: true,
    placeholder: t('common.all'),
    options: STATUSES.map(choice),
    value: values.status,
  });
  const endpoint = selectField({
    name: 'endpoint',
    label: t('calls.endpoint'),
    optional: true,
    placeholder: t('calls.all_endpoints'),
    options: [...known].sort().map(choice),
    value: values.endpoint,
  });
  const code = textField({
    name: 'error_code',
    label: t('calls.error_code'),
    optional: true,
    value: values.error_code,
    autocomplete: 'off',
    inputmode: 'numeric',
    validate: (value) =>
      !value || ERROR_CODE.test(value.trim()) ? null : t('calls.error_code_invalid'),
  });
  const from = timeField('from', values.from);
  const to = timeField('to', values.to, (value) =>
    value && from.value && value <= from.value ? t('calls.range_invalid') : null,
  );
  const reference = textField({
    name: 'request_id',
    label: t('calls.reference_short'),
    optional: true,
    value: values.request_id,
    autocomplete: 'off',
  });
  const fields = [status, endpoint, code, from, to, reference];
  const form = createForm({
    fields,
    content: h(
      'div',
      { class: 'filters calls-filters' },
      fields.map((field) => field.element),
    ),
    submit: t('common.search'),
    secondary: h('button', { type: 'button', onclick: act(() => clear()) }, t('calls.clear')),
    onsubmit: async (wanted) => {
      ctx.setQuery(
        Object.fromEntries(
          Object.entries(wanted).map(([name, value]) => [FILTERS[name], value.trim()]),
        ),
      );
      await draw();
    },
  });
  async function clear() {
    for (const field of fields) {
      field.value = '';
      field.setError(null);
    }
    ctx.setQuery(Object.fromEntries(Object.values(FILTERS).map((key) => [key, null])));
    await draw();
  }
  return h('search', null, form.element);
}

/**
 * A local date and time, to the minute.
 * @template {string} N
 * @param {N} name
 * @param {string} value
 * @param {(value: string) => string | null} [validate]
 */
function timeField(name, value, validate) {
  const type = 'datetime-local';
  return textField({ name, type, label: t(`calls.${name}`), optional: true, value, validate });
}
