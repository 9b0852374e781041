/**
 * SIRET as INSEE defines it: 14 digits, Luhn; establishments of La Poste
 * (SIREN 356000000) have a digit sum multiple of 5 instead, except the head
 * office, which satisfies Luhn.
 */

import { plain } from './typed.js';

const LA_POSTE = '356000000';
const LABEL = /^[^\d]*sire[tn][^\d]*(?=\d)/i;
const VAT = /^FR ?[\dA-Z]{2}(?=[ .-]*(?:\d[ .-]*){9}$)/i;

/**
 * Drops what people type before a number ("SIRET :") and between its groups; of a VAT number the SIREN stays.
 * @param {string} typed
 */
export function cleanSiret(typed) {
  return plain(typed)
    .replace(/\p{Dash}/gu, '-')
    .replace(LABEL, '')
    .replace(VAT, '')
    .replace(/[ .-]/g, '');
}

/** Whether a number was meant, rather than a name. @param {string} cleaned */
export function isMeantAsNumber(cleaned) {
  return /^[\dA-Za-z]{9,}$/.test(cleaned) && cleaned.replace(/\D/g, '').length >= 9;
}

/**
 * @param {string} siret cleaned
 * @returns {'ok' | 'length' | 'digits' | 'zeros' | 'checksum'}
 */
export function checkSiret(siret) {
  if (!/^\d*$/.test(siret)) return 'digits';
  if (siret.length !== 14) return 'length';
  if (/^0+$/.test(siret)) return 'zeros';
  if (luhn(siret)) return 'ok';
  return siret.startsWith(LA_POSTE) && digitSum(siret) % 5 === 0 ? 'ok' : 'checksum';
}

/** @param {string} digits */
function luhn(digits) {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** @param {string} digits */
function digitSum(digits) {
  return [...digits].reduce((sum, digit) => sum + Number(digit), 0);
}
