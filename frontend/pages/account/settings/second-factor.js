/** The second factor: enrolment, recovery codes, removal. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { copyButton } from '../../../components/copy-button/copy-button.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { del, post } from '../../../lib/api.js';
import { focusOn } from '../../../lib/focus.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';
import { plainCode } from '../../../lib/typed.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Account']} account
 * @param {Context} ctx
 */
export function secondFactorSection(account, ctx) {
  const place = h('div');
  const { enrolled, required } = account.second_factor;
  replaceChildren(
    place,
    required && !enrolled && alert('warning', t('account.factor_required')),
    enrolled ? enrolledActs(place, required, ctx) : start(place, ctx),
  );
  return [h('p', null, t('account.factor_text')), place];
}

/**
 * @param {HTMLElement} place
 * @param {Context} ctx
 */
function start(place, ctx) {
  return createForm({
    fields: [],
    submit: t('account.factor_start'),
    onsubmit: async () => {
      const { data } = await post('/v1/account/second-factor');
      replaceChildren(place, enrolment(place, data, ctx));
      focusOn(place.querySelector('h3'));
    },
  }).element;
}

/**
 * @param {HTMLElement} place
 * @param {Contract['SecondFactorEnrolment']} data
 * @param {Context} ctx
 */
function enrolment(place, data, ctx) {
  const code = textField({
    name: 'code',
    label: t('login.code'),
    hint: t('account.factor_code_hint'),
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    secret: true,
  });
  const form = createForm({
    fields: [code],
    submit: t('account.factor_confirm'),
    onsubmit: async (values) => {
      const answer = await post('/v1/account/second-factor/confirmation', {
        body: {
          code: plainCode(values.code),
        },
      });
      await session.load();
      showCodes(place, answer.data.recovery_codes, ctx);
    },
  });
  const picture = h('img', {
    class: 'account-qr',
    alt: t('account.factor_qr'),
    src: `data:image/svg+xml,${encodeURIComponent(data.qr_svg)}`,
  });
  return [
    h('h3', null, t('account.factor_scan')),
    picture,
    h('p', null, t('account.factor_secret'), ' ', h('code', null, data.secret)),
    form.element,
  ];
}

/**
 * @param {HTMLElement} place
 * @param {boolean} required
 * @param {Context} ctx
 */
function enrolledActs(place, required, ctx) {
  const renew = () =>
    askDialog({
      title: t('account.factor_renew'),
      content: h('p', null, t('account.factor_renew_text')),
      submit: t('account.factor_renew'),
      onsubmit: async () => {
        const { data } = await post('/v1/account/second-factor/recovery-codes');
        showCodes(place, data.recovery_codes, ctx);
      },
    });
  const remove = async () => {
    const done = await askDialog({
      title: t('account.factor_remove'),
      content: h('p', null, t('account.factor_remove_text')),
      submit: t('account.factor_remove'),
      danger: true,
      onsubmit: async () => void (await del('/v1/account/second-factor')),
    });
    if (done) await ctx.reload();
  };
  return [
    alert('good', t('account.factor_on')),
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', onclick: act(() => renew()) }, t('account.factor_renew')),
      !required &&
        h(
          'button',
          { type: 'button', class: 'danger', onclick: act(() => remove()) },
          t('account.factor_remove'),
        ),
    ),
  ];
}

/**
 * @param {HTMLElement} place
 * @param {string[]} codes
 * @param {Context} ctx
 */
function showCodes(place, codes, ctx) {
  replaceChildren(
    place,
    h('h3', null, t('account.codes_title')),
    h('p', null, t('account.codes_text')),
    h(
      'ul',
      { class: 'mono' },
      codes.map((code) => h('li', null, code)),
    ),
    h(
      'div',
      { class: 'actions' },
      copyButton(() => codes.join('\n')),
      h('button', { type: 'button', onclick: act(() => ctx.reload()) }, t('account.codes_saved')),
    ),
  );
  focusOn(place.querySelector('h3'));
}
