/** The steps of the form: their address and title. */
import { t } from '../../../lib/i18n.js';
import { blocksOf } from '../../../lib/product-form.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

export const SUMMARY = 'verification';

/**
 * @param {import('../form.js').Loaded} data
 * @param {Context} ctx
 */
export function stepTitle({ product, request }, ctx) {
  const wanted = ctx.query.get('etape');
  if (wanted === SUMMARY) return t('request_form.summary');
  const blocks = blocksOf(product, request);
  return (blocks.find((b) => b.id === wanted) ?? blocks[0]).title;
}

/**
 * @param {{id: string}} request
 * @param {string} id
 */
export function stepAddress(request, id) {
  return `/demandes/${request.id}/formulaire?etape=${id}`;
}
