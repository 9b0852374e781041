/** Providers that fail or are in maintenance: why calls may fail. */
import { alert } from '../../../components/alert/alert.js';
import { untilText } from '../../../components/provider-state/provider-state.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

const UNAVAILABLE_STATES = ['failing', 'maintenance'];

/** @param {Contract['Provider'][]} providers */
export function providerNotice(providers) {
  const unavailable = providers.filter((p) => UNAVAILABLE_STATES.includes(p.state));
  if (unavailable.length === 0) return null;
  return alert('warning', t('usage.providers_failing'), h('ul', null, unavailable.map(line)));
}

/** @param {Contract['Provider']} provider */
function line(provider) {
  const state = t(`catalogue.provider_${provider.state}`);
  return h('li', null, `${provider.name} : ${state}${untilText(provider)}`);
}
