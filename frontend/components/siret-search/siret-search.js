/**
 * The organisation: a SIRET typed with or without spaces, or a search by name,
 * commune or SIRET; then the directory's answer on a card before anything is
 * sent. A `Field` whose value is the SIRET.
 *
 *   siretSearch({name: 'siret', label, hint, onchange: (establishment | null) => {}})
 */
import { ApiError, get } from '../../lib/api.js';
import { announce, focusOn, uniqueId } from '../../lib/focus.js';
import { formatSiret } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { WORDS } from '../../lib/search.js';
import { checkSiret, cleanSiret, isMeantAsNumber } from '../../lib/siret.js';
import { badge } from '../badge/badge.js';
import { choiceField, textField } from '../field/field.js';
import { errorBox } from '../page-states/page-states.js';

const RESULTS = 20;

/** @typedef {Contract['Establishment']} Establishment */

/**
 * @template {string} N
 * @param {{name: N, label: string, hint: string, onchange?: (chosen: Establishment | null) => void}} options
 */
export function siretSearch({ name, label, hint, onchange }) {
  /** @type {Establishment | null} */
  let chosen = null;
  let turns = 0;
  const field = textField({
    name,
    label,
    hint,
    autocomplete: 'off',
    attributes: { enterkeyhint: 'search' },
    oninput: typed,
    validate: (text) => validate(text),
  });
  const input = /** @type {HTMLInputElement} */ (field.control);
  const place = h('div', { class: 'siret-search-place', id: uniqueId('siret-search') });
  const button = h('button', { type: 'button', onclick: ask }, t('siret.search'));
  const row = h('div', { class: 'siret-search-row' });
  input.replaceWith(row);
  row.append(input, button);
  field.element.append(place);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    ask();
  });

  /** @param {string} text */
  function validate(text) {
    const digits = cleanSiret(text);
    if (chosen) return null;
    if (!isMeantAsNumber(digits)) return t('siret.choose');
    const verdict = checkSiret(digits);
    return verdict === 'ok' ? null : t(`siret.${verdict}`, { count: digits.length });
  }

  /** @param {string} text */
  function typed(text) {
    const digits = cleanSiret(text);
    if (chosen && digits !== chosen.siret) choose(null);
    if (digits.length === 14) void search();
  }

  /** The person pressed search: an error moves the focus back to the field. */
  function ask() {
    void search((message) => {
      focusOn(input);
      announce(message, 'assertive');
    });
  }

  /** @param {(message: string) => void} [told] what is wrong, beside standing at the field */
  async function search(told = (message) => announce(message)) {
    const text = input.value.trim();
    const digits = cleanSiret(text);
    if (text === '') return;
    field.setError(null);
    if (chosen) choose(null);
    replaceChildren(place, h('p', { role: 'status' }, t('states.loading')));
    const turn = ++turns;
    try {
      const isNumber = isMeantAsNumber(digits) && digits.length > 9;
      const answer = await (isNumber ? readOne(digits) : readMany(text));
      if (turn !== turns) return;
      replaceChildren(place);
      if (input.value.trim() !== text) return;
      if (typeof answer === 'string') {
        field.setError(answer);
        told(answer);
      } else answer();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (turn !== turns) return;
      replaceChildren(
        place,
        error.status === 503 ? h('p', null, t('siret.directory_down')) : errorBox(error),
      );
    }
  }

  /** Gives what is wrong, or how to show what was found. @param {string} digits */
  async function readOne(digits) {
    const verdict = checkSiret(digits);
    if (verdict !== 'ok') return t(`siret.${verdict}`, { count: digits.length });
    try {
      const { data } = await get('/v1/directory/establishments/{siret}', {
        params: { siret: digits },
      });
      return () => choose(data);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 422))
        throw error;
      return t('siret.unknown');
    }
  }

  /** Gives what is wrong, or how to show what was found. @param {string} text */
  async function readMany(text) {
    if (WORDS.problem(text) !== null) return t('siret.too_short');
    const { data } = await get('/v1/directory/establishments', {
      query: { q: text, limit: RESULTS },
    });
    if (data.items.length === 0) return t('siret.none_found', { text });
    return () => offer(data.items);
  }

  /** @param {Establishment[]} found */
  function offer(found) {
    announce(t('siret.found', { count: found.length }));
    const choice = choiceField({
      name: `${name}-choice`,
      label: t('siret.found', { count: found.length }),
      options: found.map((e) => ({
        value: e.siret,
        label: e.name,
        hint: [e.address, formatSiret(e.siret), e.open ? null : t('siret.closed_short')]
          .filter(Boolean)
          .join(' · '),
      })),
      oninput: (siret) => void pick(found.find((e) => e.siret === siret) ?? null),
    });
    replaceChildren(
      place,
      choice.element,
      h('div', { class: 'siret-search-card', 'aria-live': 'polite' }),
    );
  }

  /** Of a list, which does not tell who took the place of a closed one. @param {Establishment | null} establishment */
  async function pick(establishment) {
    choose(establishment);
    if (!establishment || establishment.open) return;
    const whole = await readEstablishment(establishment.siret);
    if (whole?.successor && chosen === establishment) choose(whole);
  }

  /** Takes another one than was typed. @param {string} siret */
  function take(siret) {
    input.value = siret;
    focusOn(input);
    void search();
  }

  /** @param {Establishment | null} establishment */
  function choose(establishment) {
    chosen = establishment;
    const card = place.querySelector('.siret-search-card') ?? place;
    replaceChildren(card, establishment && establishmentCard(establishment, take));
    if (establishment) {
      field.setError(null);
      announce(t('siret.chosen', { name: establishment.name }));
    }
    onchange?.(establishment);
  }

  return {
    ...field,
    get value() {
      return chosen?.siret ?? cleanSiret(input.value);
    },
    set value(value) {
      input.value = value;
      if (value) void search();
    },
  };
}

/**
 * Open or closed, eligible or not.
 * @param {Pick<Contract['OrganisationSummary'], 'open' | 'eligible' | 'eligibility_ground'>} establishment
 */
export function establishmentBadges({ open, eligible, eligibility_ground: ground }) {
  return h(
    'p',
    { class: 'establishment-badges' },
    open ? badge('good', '●', t('siret.open')) : badge('bad', '✕', t('siret.closed')),
    eligible
      ? badge('good', '✓', t('siret.eligible'))
      : badge('warning', '▲', t(`siret.verdict_${ground}`)),
  );
}

/** Null where the directory does not tell. @param {string} siret */
export async function readEstablishment(siret) {
  try {
    return (await get('/v1/directory/establishments/{siret}', { params: { siret } })).data;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return null;
  }
}

/**
 * Which establishment took the place of a closed one, and a button that takes that one instead.
 * @param {string} successor
 * @param {(siret: string) => void} take
 */
export function succession(successor, take) {
  const siret = formatSiret(successor);
  const sentence = h('p', null, t('siret.replaced', { siret }));
  void readEstablishment(successor).then((found) => {
    if (found) replaceChildren(sentence, t('siret.replaced_by', { name: found.name, siret }));
  });
  return h(
    'div',
    { class: 'establishment-successor' },
    sentence,
    h('button', { type: 'button', onclick: () => take(successor) }, t('siret.take', { siret })),
  );
}

/** @param {string | null} successor */
function closedText(successor) {
  return t(successor ? 'siret.closed_replaced' : 'siret.closed_text');
}

/**
 * @param {Establishment} establishment
 * @param {(siret: string) => void} take
 */
function establishmentCard(establishment, take) {
  const { name, address, siret, open, successor, eligibility_ground: ground } = establishment;
  return h(
    'div',
    { class: 'card establishment-card' },
    h('p', { class: 'establishment-name' }, name),
    h('p', null, address),
    h('p', { class: 'muted' }, t('siret.number', { siret: formatSiret(siret) })),
    establishmentBadges(establishment),
    h('p', { class: 'small' }, open ? t(`siret.ground_${ground}`) : closedText(successor)),
    successor && succession(successor, take),
  );
}
