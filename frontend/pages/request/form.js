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

/** @type {import('../../lib/router.js').Page} */
export default {
  title: (data, ctx) => `${stepTitle(data, ctx)} – ${data.request.number}`,
  async load(ctx) {
    const path = `/v1/requests/${ctx.params.id}`;
    await settled(path);
    const { data: request, etag } = await get(path, { signal: ctx.signal });
    const product = await getProduct(request.product);
    const onSummary = ctx.query.get('etape') === SUMMARY;
    const summary = onSummary ? await loadSummary(path, ctx.signal) : null;
    return { path, request, etag, product, summary };
  },
  render(data, ctx) {
    if (!data.request.permissions?.includes('edit')) return closed(data.request);
    return form(data, ctx);
  },
};

/** @param {any} request */
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
