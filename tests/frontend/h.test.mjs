// Elements, and never markup from a string.
import './document.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fragment, h, replaceChildren, safeAddress } from '../../frontend/lib/h.js';

const texts = (node) => node.childNodes.map((child) => child.textContent);

test('user_input_stays_text', () => {
  const typed = '<img src=x onerror=alert(1)>';
  const element = h('p', null, typed, ['&lt;', [0, 12]]);
  assert.deepEqual(texts(element), [typed, '&lt;', '0', '12']);
  assert.ok(element.childNodes.every((child) => child.tag === undefined));
});

test('skips_absent_children_and_flattens_lists', () => {
  const item = h('li', null, 'a');
  const element = h('ul', null, null, undefined, false, [item, [null, 'b']], '');
  assert.deepEqual(
    element.childNodes.map((child) => child.tag ?? child.textContent),
    ['li', 'b', ''],
  );
  assert.equal(element.childNodes[0], item);
});

test('sets_attributes_properties_listeners_and_styles', () => {
  const listener = () => {};
  const element = h('button', {
    class: 'primary',
    type: 'button',
    'aria-pressed': 'false',
    required: true,
    readonly: false,
    title: null,
    disabled: false,
    value: '',
    dataset: { id: '7' },
    style: { '--share': '12%' },
    onclick: listener,
    tabindex: 0,
  });
  assert.equal(element.className, 'primary');
  assert.deepEqual(element.attributes, {
    type: 'button',
    'aria-pressed': 'false',
    required: '',
    tabindex: '0',
  });
  assert.equal(element.disabled, false);
  assert.equal(element.value, '');
  assert.deepEqual(element.dataset, { id: '7' });
  assert.deepEqual(element.properties, { '--share': '12%' });
  assert.deepEqual(element.listeners, { click: listener });
});

test('a_javascript_url_is_never_set', () => {
  const href = (address) => h('a', { href: address }).attributes.href;
  assert.equal(href('javascript:alert(1)'), undefined);
  assert.equal(href(' JavaScript:alert(1)'), undefined);
  assert.equal(href('data:text/html,<script>'), undefined);
  assert.equal(href('vbscript:x'), undefined);
  assert.equal(href('/jetons/7?onglet=usage#x'), '/jetons/7?onglet=usage#x');
  assert.equal(href('https://insee.fr'), 'https://insee.fr');
  assert.equal(href('mailto:aide@guichet.example'), 'mailto:aide@guichet.example');
  assert.equal(h('img', { src: 'data:image/svg+xml,x' }).attributes.src, 'data:image/svg+xml,x');
  assert.equal(h('img', { src: 'data:text/html,x' }).attributes.src, undefined);
  assert.equal(h('a', { href: 'data:image/svg+xml,x' }).attributes.href, undefined);
  assert.equal(h('button', { formaction: 'javascript:x' }).attributes.formaction, undefined);
});

test('a_listener_is_never_a_string', () => {
  const element = h('p', { onclick: 'alert(1)' });
  assert.deepEqual(element.listeners, {});
  assert.equal(element.attributes.onclick, undefined);
});

test('a_url_from_data_is_http_or_nothing', () => {
  assert.equal(safeAddress('https://insee.fr/a'), 'https://insee.fr/a');
  assert.equal(safeAddress('/cgu'), 'https://guichet.example/cgu');
  assert.equal(safeAddress('javascript:alert(1)'), null);
  assert.equal(safeAddress('https://['), null);
  assert.equal(safeAddress(''), null);
  assert.equal(safeAddress(null), null);
});

test('replaces_all_children', () => {
  const place = h('div', null, 'old', 'older');
  replaceChildren(place, 'new', [h('p', null)], false);
  assert.deepEqual(
    place.childNodes.map((child) => child.tag ?? child.textContent),
    ['new', 'p'],
  );
  assert.deepEqual(texts(fragment('a', ['b'])), ['a', 'b']);
});
