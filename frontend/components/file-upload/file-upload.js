/**
 * Files of one kind of a request: those there are, with size, scan and
 * "Remplacer" and "Supprimer"; a picker that sends at once, with a progress bar a file.
 *
 *   fileUpload({requestId, kind, label, hint, required, files, readonly, onchange: (files) => {}})
 *
 * `element` is the node, `control` what takes the focus.
 */
import { act } from '../act/act.js';
import { ApiError, del, encodeForm, newIdempotencyKey, uploadAttachment } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { formatBytes } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { askDialog } from '../dialog/dialog.js';
import { explain } from '../page-states/page-states.js';
import { fileLink } from '../request-view/request-view.js';

/** @typedef {Contract['Attachment']} Attachment */

const ACCEPTED = '.pdf,.png,.jpg,.jpeg,.odt,.docx';
const BYTES_MAX = 10 * 1024 * 1024;
/** How long to wait before a cut upload starts again, each time. */
const RETRIES_MS = [1000, 4000, 10_000];

/**
 * @param {{requestId: string, kind: string, label: string, hint: string, required: boolean, files: Attachment[], readonly: boolean, onchange: (files: Attachment[]) => void}} options
 */
export function fileUpload({ requestId, kind, label, hint, required, files, readonly, onchange }) {
  const id = `champ-attachments-${kind}`;
  const path = `/v1/requests/${requestId}/attachments`;
  let list = files;
  const items = h('ul', { class: 'file-list' });
  const running = h('div', { class: 'file-running' });
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  const input = h('input', {
    type: 'file',
    id,
    multiple: true,
    accept: ACCEPTED,
    'aria-describedby': `${id}-hint ${id}-error`,
  });
  input.addEventListener('change', () => void sendAll([...(input.files ?? [])]));
  const element = h(
    'div',
    { class: 'field' },
    h(
      'label',
      { for: id },
      label,
      !required && h('span', { class: 'field-optional' }, ' ', t('form.optional')),
    ),
    h('div', { class: 'field-hint', id: `${id}-hint` }, hint, ' ', t('file.rules')),
    error,
    items,
    running,
    !readonly && input,
  );

  /** @param {File[]} picked */
  async function sendAll(picked) {
    input.value = '';
    setError(null);
    for (const file of picked) await send(file);
    input.focus();
  }

  /**
   * @param {File} file
   * @param {Attachment} [former] the one whose place it takes
   */
  async function send(file, former) {
    if (file.size > BYTES_MAX) return setError(t('file.too_large', { name: file.name }));
    const controller = new AbortController();
    const bar = h('progress', { max: '1', 'aria-label': file.name });
    const told = h('span', { class: 'muted' });
    const stop = h(
      'button',
      { type: 'button', class: 'plain', onclick: () => controller.abort() },
      t('common.cancel'),
    );
    const row = h('p', null, file.name, ' ', told, bar, stop);
    running.append(row);
    const form = new FormData();
    form.append('kind', kind);
    if (former) form.append('replaces', former.id);
    form.append('file', file);
    const onprogress = (/** @type {number} */ sent, /** @type {number} */ total) => {
      bar.value = sent / total;
      told.textContent = t('file.progress', {
        sent: formatBytes(sent),
        total: formatBytes(total),
      });
    };
    const oncut = () => {
      bar.removeAttribute('value');
      told.textContent = t('file.cut');
      announce(t('file.cut_named', { name: file.name }));
    };
    try {
      const { data } = await upload(requestId, form, {
        signal: controller.signal,
        onprogress,
        oncut,
      });
      change([...list.filter((f) => f !== former), data]);
      if (data.scan === 'infected') setError(t('file.added_infected', { name: file.name }));
      else
        announce(
          t(data.scan === 'pending' ? 'file.added_pending' : 'file.added', { name: file.name }),
        );
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (problem.kind !== 'aborted') setError(`${file.name} : ${reason(problem)}`);
    } finally {
      row.remove();
    }
  }

  /** @param {Attachment} former */
  async function replace(former) {
    const file = await pickFile();
    if (!file) return;
    setError(null);
    await send(file, former);
    input.focus();
  }

  /** @param {Attachment} file */
  async function remove(file) {
    const done = await askDialog({
      title: t('file.delete_title', { name: file.file_name }),
      submit: t('common.delete'),
      danger: true,
      onsubmit: async () =>
        void (await del('/v1/requests/{id}/attachments/{attachment_id}', {
          params: { id: requestId, attachment_id: file.id },
        })),
    });
    if (!done) return;
    change(list.filter((f) => f !== file));
    announce(t('file.deleted', { name: file.file_name }));
    input.focus();
  }

  /** @param {Attachment[]} next */
  function change(next) {
    list = next;
    draw();
    onchange(list);
  }

  function draw() {
    replaceChildren(items, list.map(row));
    items.hidden = list.length === 0;
  }

  /** @param {Attachment} file */
  function row(file) {
    const button = (/** @type {string} */ text, /** @type {() => Promise<void>} */ run) =>
      h(
        'button',
        { type: 'button', class: 'plain', onclick: act(run) },
        text,
        h('span', { class: 'visually-hidden' }, ` ${file.file_name}`),
      );
    return h(
      'li',
      null,
      h('span', null, fileLink(file, `${path}/${file.id}`)),
      !readonly &&
        h(
          'span',
          { class: 'file-acts' },
          button(t('file.replace'), () => replace(file)),
          button(t('common.delete'), () => remove(file)),
        ),
    );
  }

  /** @param {string | null} message */
  function setError(message) {
    error.textContent = message ?? '';
    error.hidden = !message;
    if (message) announce(message, 'assertive');
  }

  draw();
  return { element, control: input, pointer: `/attachments/${kind}`, setError };
}

/** @param {ApiError} problem */
function reason(problem) {
  if (isCut(problem)) return t('file.given_up');
  return [...problem.fields.values()][0]?.message ?? explain(problem);
}

/** Nobody answered, or a proxy said that the program did not. @param {ApiError} problem */
function isCut({ kind, status }) {
  return kind === 'network' || status === 408 || status === 502 || status === 504;
}

/**
 * Starts again by itself where the line was cut, under one key: what came through all the same is not kept twice.
 * @param {string} requestId
 * @param {FormData} form
 * @param {{onprogress: (sent: number, total: number) => void, oncut: () => void, signal: AbortSignal}} options
 */
async function upload(requestId, form, { onprogress, oncut, signal }) {
  const idempotencyKey = newIdempotencyKey();
  const encoded = await encodeForm(form);
  for (const waitMs of RETRIES_MS) {
    try {
      return await uploadAttachment(requestId, encoded, { onprogress, signal, idempotencyKey });
    } catch (problem) {
      if (!(problem instanceof ApiError) || !isCut(problem)) throw problem;
    }
    oncut();
    await pause(waitMs, signal);
  }
  return uploadAttachment(requestId, encoded, { onprogress, signal, idempotencyKey });
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(new ApiError('aborted'));
      },
      { once: true },
    );
  });
}

/** @returns {Promise<File | undefined>} */
function pickFile() {
  const picker = h('input', { type: 'file', accept: ACCEPTED });
  return new Promise((resolve) => {
    picker.addEventListener('change', () => resolve(picker.files?.[0]));
    picker.addEventListener('cancel', () => resolve(undefined));
    picker.click();
  });
}
