/** One step of the form with its saver: fields or summary, steps beside it, moves below it. */
import { act } from '../../../components/act/act.js';
import { breadcrumb } from '../../../components/breadcrumb/breadcrumb.js';
import { showErrors } from '../../../components/form/form.js';
import { stepper } from '../../../components/stepper/stepper.js';
import { alert } from '../../../components/alert/alert.js';
import { Autosave } from '../../../lib/autosave.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { blocksOf, missingOf, useCaseOf } from '../../../lib/product-form.js';
import { blockFields } from './block.js';
import { askConflicts } from './conflicts.js';
import { saveLine } from './save-line.js';
import { summaryStep } from './summary.js';
import { SUMMARY, stepAddress } from './steps.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {import('../form.js').Editable} data
 * @param {Context} ctx
 */
export function form(data, ctx) {
  const { product } = data;
  const line = saveLine();
  const errors = h('div');
  const steps = h('div', { class: 'request-form-steps' });
  /** @type {import('../../../components/field/field.js').Field[]} */
  let fields = [];
  const saver = new Autosave({
    document: data.request,
    etag: data.etag,
    onstate: (state, error) => {
      line.show(state, error);
      for (const field of fields)
        field.setError(saver.refused.get(field.pointer.slice(1).replaceAll('/', '.')) ?? null);
    },
    onconflict: (conflicts) => askConflicts(product, conflicts),
    onothers: () => void ctx.reload(),
    onsaved: () => drawSteps(),
  });
  ctx.signal.addEventListener('abort', () => void saver.close());
  addEventListener(
    'visibilitychange',
    () => document.visibilityState === 'hidden' && void saver.flush(),
    { signal: ctx.signal },
  );

  const request = saver.current;
  const blocks = blocksOf(product, request);
  const onSummary = ctx.query.get('etape') === SUMMARY;
  const block = onSummary
    ? null
    : (blocks.find((b) => b.id === ctx.query.get('etape')) ?? blocks[0]);

  function drawSteps() {
    const current = saver.current;
    const list = blocksOf(product, current).map((b) => ({
      href: stepAddress(current, b.id),
      title: b.title,
      count: isReadOnly(b, product, current) ? 0 : missingOf(b, product, current).length,
      current: b === block,
    }));
    const left = list.reduce((sum, s) => sum + s.count, 0);
    const last = {
      href: stepAddress(current, SUMMARY),
      title: t('request_form.summary'),
      count: left,
      current: onSummary,
    };
    replaceChildren(steps, stepper(t('request_form.steps'), [...list, last]));
  }

  function middle() {
    if (!block)
      return summaryStep(
        {
          ...data,
          request,
          stepAddress: (/** @type {string} */ id) => stepAddress(request, id),
        },
        ctx,
      );
    const drawn = blockFields({
      block,
      product,
      request,
      saver,
      readonly: isReadOnly(block, product, request),
      onfiles: takeFiles,
    });
    fields = drawn.fields;
    return [
      h('h1', null, block.title),
      h('p', null, block.introduction),
      isReadOnly(block, product, request) && alert('information', t('request_form.read_only')),
      errors,
      drawn.element,
      moves(blocks, block, request, leave),
      line.element,
    ];
  }

  /** @param {Contract['Attachment'][]} files */
  function takeFiles(files) {
    saver.base.attachments = files;
    drawSteps();
  }

  /**
   * Saves, then navigates; shows the errors instead if a member was refused.
   * @param {string} address
   */
  async function leave(address) {
    await saver.flush();
    const wrong = fields.filter((f) => saver.refused.has(f.pointer.slice(1).replaceAll('/', '.')));
    if (wrong.length === 0) return ctx.navigate(address);
    showErrors(
      errors,
      wrong.map((field) => ({
        field,
        message: saver.refused.get(field.pointer.slice(1).replaceAll('/', '.')) ?? '',
      })),
    );
  }

  drawSteps();
  return h(
    'div',
    null,
    breadcrumb([
      { href: '/demandes', text: t('requests.title') },
      { href: `/demandes/${request.id}`, text: request.number },
      { text: t('request_form.title') },
    ]),
    h(
      'p',
      { class: 'muted' },
      useCaseOf(product, request)?.name,
      ' · ',
      request.organisation?.name,
    ),
    h(
      'div',
      { class: 'request-form' },
      steps,
      h('div', { class: 'request-form-middle' }, middle()),
    ),
  );
}

/**
 * @param {import('../../../lib/product-form.js').Block[]} blocks
 * @param {import('../../../lib/product-form.js').Block} block
 * @param {Contract['Request']} request
 * @param {(address: string) => Promise<void>} leave
 */
function moves(blocks, block, request, leave) {
  const at = blocks.indexOf(block);
  const next = stepAddress(request, blocks[at + 1]?.id ?? SUMMARY);
  const before = at > 0 ? stepAddress(request, blocks[at - 1].id) : null;
  return h(
    'div',
    { class: 'actions' },
    before &&
      h('button', { type: 'button', onclick: act(() => leave(before)) }, t('common.previous')),
    h(
      'button',
      { type: 'button', class: 'primary', onclick: act(() => leave(next)) },
      t(blocks[at + 1] ? 'common.next' : 'request_form.to_summary'),
    ),
  );
}

/**
 * @param {import('../../../lib/product-form.js').Block} block
 * @param {Contract['Product']} product
 * @param {Contract['Request']} request
 */
function isReadOnly(block, product, request) {
  return Boolean(useCaseOf(product, request)?.read_only_blocks.includes(block.id));
}
