/**
 * The form of a request, one block at a time, drawn from the product's data;
 * everything is saved as it is typed. The last step is the summary.
 */
import { get } from '../../lib/api.js';
import { settled } from '../../lib/autosave.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { getProduct } from '../../lib/products.js';
import { loadSummary } from './form/summary.js';
import { SUMMARY, stepTitle } from './form/steps.js';
import { form } from './form/editor.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */
/** @typedef {Loaded & {request: Contract['Request']}} Editable */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: (data, ctx) => `${stepTitle(data, ctx)} – ${data.request.number}`,
  load,
  render(data, ctx) {
    const { request } = data;
    return request.view === 'full' && request.permissions.includes('edit')
      ? form({ ...data, request }, ctx)
      : closed(request);
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const { id } = ctx.params;
  await settled(id);
  const { data: request, etag } = await get('/v1/requests/{id}', {
    params: { id },
    signal: ctx.signal,
  });
  const product = await getProduct(request.product);
  const onSummary = ctx.query.get('etape') === SUMMARY;
  const summary = onSummary ? await loadSummary(id, ctx.signal) : null;
  return { request, etag, product, summary };
}

/** @param {{id: string}} request */
function closed(request) {
  return h(
    'div',
    null,
    h('h1', null, t('request_form.closed_title')),
    h('p', null, t('request_form.closed_text')),
    h(
      'p',
      null,
      h(
        'a',
        { class: 'button primary', href: `/demandes/${request.id}` },
        t('request_form.see_request'),
      ),
    ),
  );
}
