/** Mails when something is unusual: too many errors, a limit near, silence. */
import { checkboxField, numberField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { loadedPart } from '../../../components/loaded-part/loaded-part.js';
import { get, put } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** Kind, usual threshold in percent (null: none), usual window in minutes. */
const KINDS = /** @type {[Contract['Alert']['kind'], number | null, number][]} */ ([
  ['error_rate', 20, 60],
  ['consumption', 80, 1],
  ['silence', null, 1440],
]);

/**
 * @param {Contract['Token']} token
 * @param {import('../../../lib/router.js').Context} ctx
 */
export function alertsForm(token, ctx) {
  const { place, draw } = loadedPart(async () => {
    const { data, etag } = await get('/v1/tokens/{id}/alerts', {
      params: { id: token.id },
      signal: ctx.signal,
    });
    return form(data.alerts, etag);
  });

  /**
   * @param {Contract['Alert'][]} alerts
   * @param {string | null} etag
   */
  function form(alerts, etag) {
    const rows = KINDS.map((kind) => row(kind, alerts));
    return createForm({
      fields: rows.flatMap((r) => r.fields),
      content: rows.map((r) => r.element),
      submit: t('alerts.save'),
      wrong: { 412: t('token.changed_meanwhile') },
      onsubmit: async () => {
        await put('/v1/tokens/{id}/alerts', {
          params: { id: token.id },
          body: { alerts: rows.map((r) => r.read()).filter((alert) => alert !== null) },
          etag,
        });
        announce(t('alerts.saved'));
        await draw();
      },
    }).element;
  }

  void draw();
  return h(
    'section',
    null,
    h('h2', null, t('alerts.title')),
    h('p', null, t('alerts.text')),
    place,
  );
}

/**
 * @param {[Contract['Alert']['kind'], number | null, number]} kind
 * @param {Contract['Alert'][]} alerts
 */
function row([kind, threshold, minutes], alerts) {
  const kept = alerts.find((a) => a.kind === kind);
  const on = checkboxField({
    name: `${kind}_on`,
    label: t(`alerts.${kind}`),
    value: Boolean(kept),
    optional: true,
  });
  const percent =
    threshold !== null &&
    numberField({
      name: `${kind}_threshold`,
      label: t('alerts.threshold', { what: t(`alerts.${kind}_quantity`) }),
      value: kept?.threshold ?? threshold,
      unit: '%',
    });
  const window = numberField({
    name: `${kind}_minutes`,
    label: t(`alerts.${kind}_window`),
    value: kept?.window_minutes ?? minutes,
    unit: t('alerts.minutes'),
  });
  const fields = [on, percent, window].filter((f) => f !== false);
  return {
    fields,
    element: h(
      'fieldset',
      { class: 'alert-kind' },
      h('legend', null, t(`alerts.${kind}_legend`)),
      fields.map((f) => f.element),
    ),
    /** What is no number is left to the server to refuse. */
    read: () =>
      on.value
        ? {
            kind,
            threshold: percent ? /** @type {number} */ (percent.value) : null,
            window_minutes: /** @type {number} */ (window.value),
          }
        : null,
  };
}
