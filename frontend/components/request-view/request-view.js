/**
 * A request to be read, block by block, as its product's form says.
 *
 *   requestView({product, request})
 *   requestView({product, request, former: Map(pointer → former value), action: (block) => node})
 *   requestView({product, request, filledOnly: true})
 *
 * `former` marks what changed, with the value it had; `filledOnly` leaves out what was left empty.
 * Print-friendly.
 */
import { formatBytes, formatNumber, personName } from '../../lib/format.js';
import { formatVersion } from '../../lib/dates.js';
import { h, safeAddress } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { blocksOf, getIn, isEmpty, isShown, pointerOf } from '../../lib/product-form.js';
import { summaryList } from '../summary-list/summary-list.js';

/** @typedef {import('../../lib/product-form.js').FormField} FormField */
/** @typedef {import('../../lib/product-form.js').Block} Block */
/** @typedef {Contract['Attachment']} Attachment */

/**
 * @param {{product: Contract['Product'], request: FilledForm, former?: Map<string, unknown>, action?: (block: Block) => Children, level?: 'h2' | 'h3', filledOnly?: boolean, filePath?: (file: Attachment) => string}} options
 */
export function requestView({
  product,
  request,
  former = new Map(),
  action,
  level = 'h2',
  filledOnly = false,
  filePath,
}) {
  const pathOf = filePath ?? ((file) => `/v1/requests/${request.id}/attachments/${file.id}`);
  return h(
    'div',
    { class: 'request-view' },
    blocksOf(product, request).map((block) => {
      const rows = [
        ...block.fields
          .filter((f) => isShown(f, product, request))
          .map((f) => fieldRow(f, product, request, former)),
        ...block.attachments.map((a) => fileRow(a, request, former, pathOf)),
      ].filter(([, value]) => !filledOnly || value !== null);
      if (rows.length === 0) return null;
      return h(
        'section',
        { class: 'request-view-block' },
        h('div', { class: 'request-view-head' }, h(level, null, block.title), action?.(block)),
        summaryList(rows),
      );
    }),
  );
}

/**
 * @param {FormField} field
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @param {Map<string, unknown>} former
 * @returns {[string, Children]}
 */
function fieldRow(field, product, request, former) {
  const value = getIn(request, field.name);
  const marks = [...former].filter(
    ([pointer]) =>
      pointer === pointerOf(field.name) || pointer.startsWith(`${pointerOf(field.name)}/`),
  );
  if (marks.length === 0) return [field.label, fieldValue(field, value, product)];
  return [
    field.label,
    [
      h('mark', { class: 'request-view-mark' }, t('request_view.changed')),
      ' ',
      fieldValue(field, value, product),
      marks.map(([pointer, was]) =>
        h(
          'div',
          { class: 'small muted' },
          t('request_view.former'),
          ' ',
          fieldValue(fieldAt(field, pointer, product), was, product) ?? t('request_view.empty'),
        ),
      ),
    ],
  ];
}

/**
 * The field itself, or the member of it that a pointer names: of a contact as the form describes it, and
 * a justification as plain text.
 * @param {FormField} field
 * @param {string} pointer
 * @param {Contract['Product']} product
 * @returns {FormField}
 */
export function fieldAt(field, pointer, product) {
  const own = pointerOf(field.name);
  if (pointer === own) return field;
  const member =
    field.type === 'contact' &&
    product.form.contact_fields.find((part) => pointer === `${own}/${part.name}`);
  return member || { ...field, type: 'long_text' };
}

/**
 * @param {FormField} field
 * @param {unknown} value of the type that the field says; a text that a former system had for it is shown as it is
 * @param {Contract['Product']} product
 * @returns {Children}
 */
export function fieldValue(field, value, product) {
  if (isEmpty(value)) return field.type === 'boolean' ? t('common.no') : null;
  switch (field.type) {
    case 'boolean':
      return t(value ? 'common.yes' : 'common.no');
    case 'integer':
      return typeof value === 'number'
        ? [formatNumber(value), field.unit].filter(Boolean).join(' ')
        : String(value);
    case 'date':
      return formatVersion(String(value));
    case 'url':
      return link(String(value));
    case 'enum':
      return field.values?.find((v) => v.value === value)?.label ?? String(value);
    case 'text_list':
      return h(
        'ul',
        null,
        /** @type {string[]} */ (value).map((text) => h('li', null, text)),
      );
    case 'scopes':
      return scopeList(/** @type {string[]} */ (value), product);
    case 'scope_justifications':
      return h(
        'ul',
        null,
        Object.entries(/** @type {Record<string, string>} */ (value)).map(([id, text]) =>
          h('li', null, h('strong', null, scopeLabel(product, id)), ' : ', text),
        ),
      );
    case 'contact':
      return contact(/** @type {Contract['Contact']} */ (value));
    default:
      return String(value);
  }
}

/** @param {string} address */
function link(address) {
  return safeAddress(address)
    ? h('a', { href: address, rel: 'noopener noreferrer', target: '_blank' }, address)
    : address;
}

/**
 * @param {string[]} ids
 * @param {Contract['Product']} product
 */
function scopeList(ids, product) {
  const own = product.scopes.filter((s) => ids.includes(s.id));
  const asked = own.filter((s) => !s.open_data);
  const open = own.filter((s) => s.open_data);
  const unknown = ids.filter((id) => !own.some((s) => s.id === id));
  return [
    h(
      'ul',
      null,
      asked.map((s) => h('li', null, s.label)),
      unknown.map((id) => h('li', null, id)),
    ),
    open.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, t('request_view.open', { count: open.length })),
        h(
          'ul',
          null,
          open.map((s) => h('li', null, s.label)),
        ),
      ),
  ];
}

/**
 * @param {Contract['Product']} product
 * @param {string} id
 */
function scopeLabel(product, id) {
  return product.scopes.find((s) => s.id === id)?.label ?? id;
}

/** @param {Contract['Contact']} value */
function contact(value) {
  const named = value.given_name || value.family_name;
  const lines = [named ? personName(value) : null, value.job_title, value.email, value.phone];
  const known = lines.filter(Boolean);
  return known.length > 0 ? known.map((line) => h('div', null, line)) : null;
}

/**
 * @param {{kind: string, label: string}} wanted
 * @param {FilledForm} request
 * @param {Map<string, unknown>} former
 * @param {(file: Attachment) => string} pathOf
 * @returns {[string, Children]}
 */
function fileRow(wanted, request, former, pathOf) {
  const files = (request.attachments ?? []).filter((f) => f.kind === wanted.kind);
  const list =
    files.length === 0
      ? null
      : h(
          'ul',
          null,
          files.map((f) => h('li', null, fileLink(f, pathOf(f)))),
        );
  const were = /** @type {string[] | undefined} */ (former.get(`/attachments/${wanted.kind}`));
  if (!were) return [wanted.label, list];
  return [
    wanted.label,
    [
      h('mark', { class: 'request-view-mark' }, t('request_view.changed')),
      list,
      h(
        'div',
        { class: 'small muted' },
        t('request_view.former'),
        ' ',
        were.join(', ') || t('request_view.empty'),
      ),
    ],
  ];
}

/**
 * @param {Attachment} file
 * @param {string} path
 */
export function fileLink(file, path) {
  const size = ` (${formatBytes(file.size_bytes)})`;
  if (['infected', 'pending'].includes(file.scan))
    return [file.file_name, size, ' – ', t(`file.scan_${file.scan}`)];
  return [h('a', { href: path, download: file.file_name }, file.file_name), size];
}
