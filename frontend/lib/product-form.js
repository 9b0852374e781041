/**
 * The form of a product, read as data: which blocks and fields show, which are
 * required, what is still missing. Draws nothing. The rules are those of
 * `form` in GET /v1/products/{product}; the server checks them again.
 */

/** @typedef {Contract['FormRule']} Rule */
/** @typedef {Contract['FormField']} FormField */
/** @typedef {Contract['Form']['blocks'][number]} Block */

/** @param {string} name "legal_basis.text" */
export function pointerOf(name) {
  return `/${name.replaceAll('.', '/')}`;
}

/**
 * @param {unknown} object
 * @param {string} name parts separated by dots
 * @returns {unknown}
 */
export function getIn(object, name) {
  return name.split('.').reduce((node, part) => (isTree(node) ? node[part] : undefined), object);
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isTree(value) {
  return typeof value === 'object' && value !== null;
}

/**
 * Sets a member; missing parents are created, existing ones copied.
 * @param {object} object
 * @param {string} name
 * @param {unknown} value
 */
export function setIn(object, name, value) {
  const parts = name.split('.');
  const last = /** @type {string} */ (parts.pop());
  let node = /** @type {Record<string, unknown>} */ (object);
  for (const part of parts) {
    const former = node[part];
    /** @type {Record<string, unknown>} */
    const copy = isTree(former) ? { ...former } : {};
    node[part] = copy;
    node = copy;
  }
  node[last] = value;
}

/** @param {Contract['Product']} product @param {{use_case: string}} request */
export function useCaseOf(product, request) {
  return product.use_cases.find((u) => u.id === request.use_case) ?? null;
}

/**
 * The blocks of this request, in order.
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @returns {Block[]}
 */
export function blocksOf(product, request) {
  return product.form.blocks.filter(
    (/** @type {Block} */ b) => !b.shown_when || ruleHolds(b.shown_when, product, request, request),
  );
}

/**
 * @param {Rule} rule
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @param {unknown} siblings the object whose members the rule's `field` names
 */
function ruleHolds(rule, product, request, siblings) {
  if (rule.organisation === 'not_administration') return isNotAdministration(request.organisation);
  if (rule.any_scope === 'sensitive') return sensitiveScopes(product, request).length > 0;
  const value = getIn(siblings, rule.field ?? '');
  if (rule.greater_than !== undefined)
    return typeof value === 'number' && value > rule.greater_than;
  return value === rule.equals;
}

/**
 * Shown unless it waits for a condition that does not hold.
 * @param {FormField} field
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @param {unknown} [siblings]
 */
export function isShown(field, product, request, siblings = request) {
  return !field.required_when || ruleHolds(field.required_when, product, request, siblings);
}

/**
 * @param {FormField} field
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @param {unknown} [siblings]
 */
export function isRequired(field, product, request, siblings = request) {
  return (
    field.required ||
    Boolean(field.required_when && ruleHolds(field.required_when, product, request, siblings))
  );
}

/**
 * The scopes chosen that ask for a justification.
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @returns {Contract['Scope'][]}
 */
export function sensitiveScopes(product, request) {
  return product.scopes.filter((s) => s.sensitive && (request.scopes ?? []).includes(s.id));
}

/**
 * Missing values of the block, as pointers with the message to show.
 * @param {Block} block
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @returns {{pointer: string, message: string}[]}
 */
export function missingOf(block, product, request) {
  const fields = block.fields.flatMap((field) => missingOfField(field, product, request));
  return withoutAnswered([...fields, ...missingFiles(block, request)]);
}

/**
 * @param {Block} block
 * @param {FilledForm} request
 * @returns {{pointer: string, message: string}[]}
 */
function missingFiles(block, request) {
  return block.attachments
    .filter((a) => a.required && !(request.attachments ?? []).some((f) => f.kind === a.kind))
    .map((a) => ({ pointer: `/attachments/${a.kind}`, message: a.label }));
}

/**
 * The form preselects « d’une personne » for a contact and saves it with the first value typed: the kind
 * is not reported as missing where other values of that contact are.
 * @template {{pointer: string}} M
 * @param {M[]} missing
 * @returns {M[]}
 */
export function withoutAnswered(missing) {
  return missing.filter(({ pointer }) => {
    const [, contact] = /^(\/contacts\/\w+\/)kind$/.exec(pointer) ?? [];
    return !missing.some(
      (other) => contact && other.pointer !== pointer && other.pointer.startsWith(contact),
    );
  });
}

/**
 * @param {FormField} field
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @returns {{pointer: string, message: string}[]}
 */
function missingOfField(field, product, request) {
  const pointer = pointerOf(field.name);
  const message = field.missing_message ?? field.label;
  const value = getIn(request, field.name);
  if (!isRequired(field, product, request)) return [];
  if (field.type === 'contact') {
    return product.form.contact_fields
      .filter(
        (/** @type {FormField} */ f) =>
          isRequired(f, product, request, value ?? {}) && isEmpty(getIn(value, f.name)),
      )
      .map((/** @type {FormField} */ f) => ({
        pointer: `${pointer}/${f.name}`,
        message: `${field.label} : ${f.missing_message ?? f.label}`,
      }));
  }
  if (field.type === 'scope_justifications') {
    return sensitiveScopes(product, request)
      .filter((s) => isEmpty(getIn(value, s.id)))
      .map((s) => ({ pointer: `${pointer}/${s.id}`, message: `${s.label} : ${message}` }));
  }
  const missing = field.must_be_true ? value !== true : isEmpty(value);
  return missing ? [{ pointer, message }] : [];
}

/** @param {unknown} value */
export function isEmpty(value) {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

/**
 * Maps the server's messages on files to the form: of one file (`/attachments/3`) or of a missing one
 * (`/attachments`) to the pointer of its kind, as `missingOf` names it.
 * @template {{pointer: string, message: string}} M
 * @param {M[]} missing
 * @param {Contract['Product']} product
 * @param {FilledForm} request
 * @returns {M[]}
 */
export function placeFiles(missing, product, request) {
  const wanted = blocksOf(product, request).flatMap((block) => missingFiles(block, request));
  return missing.map((one) => {
    const [, place] = /^\/attachments(?:\/(\d+))?$/.exec(one.pointer) ?? [];
    if (place !== undefined) {
      const file = request.attachments?.[Number(place)];
      const message = `${file?.file_name} : ${one.message}`;
      return file ? { ...one, pointer: `/attachments/${file.kind}`, message } : one;
    }
    return one.pointer === '/attachments' && wanted.length > 0
      ? { ...one, pointer: /** @type {{pointer: string}} */ (wanted.shift()).pointer }
      : one;
  });
}

/**
 * The field a pointer is about, and its block.
 * @param {Contract['Product']} product
 * @param {string} pointer
 * @returns {{block: Block, field: FormField | null} | null}
 */
export function findField(product, pointer) {
  const kind = /^\/attachments\/(\w+)$/.exec(pointer);
  for (const block of product.form.blocks) {
    if (kind && block.attachments.some((a) => a.kind === kind[1])) return { block, field: null };
    const field = block.fields.find((/** @type {FormField} */ f) => {
      const own = pointerOf(f.name);
      return pointer === own || pointer.startsWith(`${own}/`);
    });
    if (field) return { block, field };
  }
  return null;
}

/**
 * What a pointer is called on the screen: "Contact technique : Téléphone".
 * @param {Contract['Product']} product
 * @param {string} pointer
 */
export function labelOf(product, pointer) {
  const found = findField(product, pointer);
  const kind = pointer.slice('/attachments/'.length);
  if (!found?.field) return found?.block.attachments.find((a) => a.kind === kind)?.label ?? pointer;
  const rest = pointer.slice(pointerOf(found.field.name).length + 1);
  if (!rest) return found.field.label;
  const part =
    product.form.contact_fields.find((/** @type {FormField} */ f) => f.name === rest)?.label ??
    product.scopes.find((s) => s.id === rest)?.label;
  return part ? `${found.field.label} : ${part}` : found.field.label;
}

/** @param {FilledForm['organisation']} organisation */
function isNotAdministration(organisation) {
  return !['administration', 'social_security'].includes(organisation?.eligibility_ground ?? '');
}
