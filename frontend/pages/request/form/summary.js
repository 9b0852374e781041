/** The last step: everything to check, everything missing with its link, the checks, the sending. */
import { alert } from '../../../components/alert/alert.js';
import { checkList } from '../../../components/check-list/check-list.js';
import { createForm } from '../../../components/form/form.js';
import { requestView } from '../../../components/request-view/request-view.js';
import { ApiError, get, post } from '../../../lib/api.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { findField, labelOf, placeFiles, withoutAnswered } from '../../../lib/product-form.js';

/**
 * @param {string} id
 * @param {AbortSignal} signal
 */
export async function loadSummary(id, signal) {
  return (await get('/v1/requests/{id}/checks', { params: { id }, signal })).data;
}

/**
 * @typedef {import('../form.js').Editable & {stepAddress: (id: string) => string}} SummaryData
 */

/**
 * @param {SummaryData} data
 * @param {import('../../../lib/router.js').Context} ctx
 */
export function summaryStep(data, ctx) {
  const { request, product, summary, stepAddress } = data;
  if (!summary) return null;
  return [
    h('h1', null, t('request_form.summary')),
    h('p', null, t('request_form.summary_text')),
    summary.missing.length > 0 &&
      missingList(placeFiles(summary.missing, product, request), product, stepAddress),
    h('h2', null, t('checks.title')),
    h('p', null, t('checks.text')),
    checkList(summary.checks, '/demandes'),
    requestView({
      product,
      request,
      action: (block) =>
        h(
          'a',
          { href: stepAddress(block.id), class: 'no-print' },
          t('common.edit'),
          h('span', { class: 'visually-hidden' }, ` : ${block.title}`),
        ),
    }),
    sending({ ...data, summary }, ctx),
  ];
}

/**
 * @param {{pointer: string, message: string}[]} missing
 * @param {Contract['Product']} product
 * @param {(id: string) => string} stepAddress
 */
function missingList(missing, product, stepAddress) {
  const asked = withoutAnswered(missing);
  return h(
    'div',
    { class: 'error-summary' },
    h('h2', null, t('request_form.missing', { count: asked.length })),
    h(
      'ul',
      null,
      asked.map(({ pointer, message }) => {
        const found = findField(product, pointer);
        const text = `${labelOf(product, pointer)} – ${message}`;
        if (!found) return h('li', null, message);
        return h(
          'li',
          null,
          h(
            'a',
            {
              href: `${stepAddress(found.block.id)}#champ-${pointer.slice(1).replaceAll('/', pointer.startsWith('/attachments') ? '-' : '.')}`,
            },
            text,
          ),
        );
      }),
    ),
  );
}

/**
 * @param {SummaryData & {summary: Contract['Checks']}} data
 * @param {import('../../../lib/router.js').Context} ctx
 */
function sending({ request, summary }, ctx) {
  const form = createForm({
    fields: [],
    submit: t('request_form.submit'),
    onsubmit: async (_values, { idempotencyKey }) => {
      try {
        await post('/v1/requests/{id}/submission', { params: { id: request.id }, idempotencyKey });
        ctx.navigate(`/demandes/${request.id}?envoyee=1`);
      } catch (error) {
        if (error instanceof ApiError && error.fields.size > 0) return ctx.reload();
        throw error;
      }
    },
  });
  return h(
    'section',
    { class: 'no-print' },
    h('h2', null, t('request_form.send_title')),
    summary.complete
      ? h('p', null, t('request_form.send_text'))
      : alert('warning', t('request_form.incomplete')),
    summary.complete && form.element,
  );
}
