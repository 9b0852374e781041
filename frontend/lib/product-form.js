/**
 * The form of a product, read as data: which blocks and fields show, which are
 * required, what is still missing. Draws nothing. The rules are those of
 * `form` in GET /v1/products/{product}; the server checks them again.
 */

/** @typedef {{field?: string, equals?: string, greater_than?: number, organisation?: string, any_scope?: string}} Rule */
/**
 * @typedef {{name: string, type: string, label: string, hint?: string, example?: string, required: boolean,
 *   required_when?: Rule, must_be_true?: boolean, min?: number, max?: number, max_length?: number, max_items?: number,
 *   unit?: string, autocomplete?: string, missing_message?: string, values?: {value: string, label: string}[]}} FormField
 */
/**
 * @typedef {{id: string, title: string, introduction: string, shown_when?: Rule, fields: FormField[],
 *   attachments: {kind: string, label: string, hint: string, required: boolean}[]}} Block
 */

/** @param {string} name "legal_basis.text" */
export function pointerOf(name) {
  return `/${name.replaceAll('.', '/')}`;
}

/**
 * @param {any} object
 * @param {string} name parts separated by dots
 */
export function getIn(object, name) {
  return name.split('.').reduce((node, part) => node?.[part], object);
}

/**
 * Sets a member, making the objects on the way.
 * @param {any} object
 * @param {string} name
 * @param {any} value
 */
export function setIn(object, name, value) {
  const parts = name.split('.');
  const last = /** @type {string} */ (parts.pop());
  let node = object;
  for (const part of parts) {
    node[part] = { ...(node[part] ?? {}) };
    node = node[part];
  }
  node[last] = value;
}

/** @param {any} product @param {any} request @returns {any} */
export function useCaseOf(product, request) {
  return product.use_cases.find((/** @type {any} */ u) => u.id === request.use_case) ?? null;
}

/**
 * The blocks of this request, in order.
 * @param {any} product
 * @param {any} request
 * @returns {Block[]}
 */
export function blocksOf(product, request) {
  return product.form.blocks.filter(
    (/** @type {Block} */ b) => !b.shown_when || ruleHolds(b.shown_when, product, request, request),
  );
}

/**
 * @param {Rule} rule
 * @param {any} product
 * @param {any} request
 * @param {any} siblings the object whose members the rule's `field` names
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
 * @param {any} product
 * @param {any} request
 * @param {any} [siblings]
 */
export function isShown(field, product, request, siblings = request) {
  return !field.required_when || ruleHolds(field.required_when, product, request, siblings);
}

/**
 * @param {FormField} field
 * @param {any} product
 * @param {any} request
 * @param {any} [siblings]
 */
export function isRequired(field, product, request, siblings = request) {
  return (
    field.required ||
    Boolean(field.required_when && ruleHolds(field.required_when, product, request, siblings))
  );
}

/**
 * The scopes chosen that ask for a justification.
 * @param {any} product
 * @param {any} request
 * @returns {any[]}
 */
export function sensitiveScopes(product, request) {
  return product.scopes.filter(
    (/** @type {any} */ s) => s.sensitive && (request.scopes ?? []).includes(s.id),
  );
}

/**
 * What the block still lacks, as pointers with the sentence to show.
 * @param {Block} block
 * @param {any} product
 * @param {any} request
 * @returns {{pointer: string, message: string}[]}
 */
export function missingOf(block, product, request) {
  const fields = block.fields.flatMap((field) => missingOfField(field, product, request));
  return withoutAnswered([...fields, ...missingFiles(block, request)]);
}

/**
 * @param {Block} block
 * @param {any} request
 * @returns {{pointer: string, message: string}[]}
 */
function missingFiles(block, request) {
  return block.attachments
    .filter(
      (a) =>
        a.required &&
        !(request.attachments ?? []).some((/** @type {any} */ f) => f.kind === a.kind),
    )
    .map((a) => ({ pointer: `/attachments/${a.kind}`, message: a.label }));
}

/**
 * The form says « d’une personne » of a contact before anything is typed, and saves it with the first
 * thing typed: where more of that contact is missing, this is not asked for.
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
 * @param {any} product
 * @param {any} request
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
      .filter((s) => isEmpty(value?.[s.id]))
      .map((s) => ({ pointer: `${pointer}/${s.id}`, message: `${s.label} : ${message}` }));
  }
  const missing = field.must_be_true ? value !== true : isEmpty(value);
  return missing ? [{ pointer, message }] : [];
}

/** @param {any} value */
export function isEmpty(value) {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

/**
 * Where on the form the server's words on files are answered: of one file (`/attachments/3`) or of one
 * that is wanted and not there (`/attachments`), the kind, as `missingOf` names it.
 * @template {{pointer: string, message: string}} M
 * @param {M[]} missing
 * @param {any} product
 * @param {any} request
 * @returns {M[]}
 */
export function placeFiles(missing, product, request) {
  const wanted = blocksOf(product, request).flatMap((block) => missingFiles(block, request));
  return missing.map((one) => {
    const [, place] = /^\/attachments(?:\/(\d+))?$/.exec(one.pointer) ?? [];
    if (place !== undefined) {
      const file = request.attachments[Number(place)];
      const message = `${file?.file_name} : ${one.message}`;
      return file ? { ...one, pointer: `/attachments/${file.kind}`, message } : one;
    }
    return one.pointer === '/attachments' && wanted.length > 0
      ? { ...one, pointer: /** @type {any} */ (wanted.shift()).pointer }
      : one;
  });
}

/**
 * The field a pointer is about, and its block.
 * @param {any} product
 * @param {string} pointer
 * @returns {{block: Block, field: FormField | null} | null}
 */
export function findField(product, pointer) {
  const kind = /^\/attachments\/(\w+)$/.exec(pointer);
  for (const block of product.form.blocks) {
    if (kind && block.attachments.some((/** @type {any} */ a) => a.kind === kind[1]))
      return { block, field: null };
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
 * @param {any} product
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
    product.scopes.find((/** @type {any} */ s) => s.id === rest)?.label;
  return part ? `${found.field.label} : ${part}` : found.field.label;
}

/** @param {any} organisation */
function isNotAdministration(organisation) {
  return !['administration', 'social_security'].includes(organisation?.eligibility_ground);
}
