/**
 * Builds elements. The only way this program makes markup: text goes through
 * `textContent`, so nothing a person typed can become an element, and no
 * Trusted Types policy is needed.
 */

const LIVE_PROPERTIES = new Set([
  'value',
  'checked',
  'indeterminate',
  'selected',
  'disabled',
  'hidden',
  'open',
]);
const ADDRESS_ATTRIBUTES = new Set(['href', 'src', 'action', 'formaction']);

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value);
  append(element, children);
  return element;
}

/**
 * Children without a parent of their own.
 * @param {...Children} children
 */
export function fragment(...children) {
  const result = document.createDocumentFragment();
  append(result, children);
  return result;
}

/**
 * @param {ParentNode & Node} parent
 * @param {...Children} children
 */
export function replaceChildren(parent, ...children) {
  parent.replaceChildren(fragment(...children));
}

/**
 * A link whose address comes from data: anything but http(s) and our own
 * paths stays plain text.
 * @param {string | null | undefined} address
 */
export function safeAddress(address) {
  if (!address) return null;
  try {
    const url = new URL(address, location.origin);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * @param {Node} parent
 * @param {Children[]} children
 */
function append(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.appendChild(child);
    else if (child !== null && child !== undefined && child !== false)
      parent.appendChild(document.createTextNode(String(child)));
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} value
 */
function setProp(element, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith('on')) {
    // Never set as an attribute: its text would run as a script.
    if (typeof value === 'function')
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  } else if (name === 'class') element.className = String(value);
  else if (name === 'dataset') Object.assign(element.dataset, value);
  else if (name === 'style') {
    for (const [property, v] of Object.entries(value))
      element.style.setProperty(property, String(v));
  } else if (LIVE_PROPERTIES.has(name)) Object.assign(element, { [name]: value });
  else if (ADDRESS_ATTRIBUTES.has(name)) {
    const address = String(value);
    const known = name === 'src' ? /^data:image\// : /^(mailto|tel|blob):/;
    if (safeAddress(address) || known.test(address)) element.setAttribute(name, address);
  } else if (value === true) element.setAttribute(name, '');
  else if (value !== false) element.setAttribute(name, String(value));
}
