/** Managing a token: addresses, rotation, sharing, prolongation, revocation. */
import { h } from '../../../lib/h.js';
import { prolongation } from './prolongation.js';
import { addresses } from './addresses.js';
import { rotation } from './rotation.js';
import { shares } from './shares.js';
import { revocation } from './revocation.js';

/** @typedef {import('../../../lib/router.js').Context} Context */
/** @typedef {{token: Contract['Token'], etag: string | null}} Loaded */

/**
 * @param {Loaded} loaded
 * @param {Context} ctx
 */
export function managePanel(loaded, ctx) {
  const { token } = loaded;
  const may = (/** @type {Contract['TokenAct']} */ act) => token.permissions.includes(act);
  if (token.state === 'revoked') return null;
  return h(
    'div',
    null,
    may('prolong') && prolongation(token, ctx),
    may('set_addresses') && addresses(loaded, ctx),
    may('rotate') && rotation(token),
    may('share') && shares(token),
    may('revoke') && revocation(token, ctx),
  );
}
