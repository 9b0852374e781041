/** What a person typed as it is seen; the server reads it the same way (api/base/unicode.h). */

/**
 * Full-width and other compatibility forms as their plain letters, digits of every script as 0 to 9, nothing
 * invisible, one blank for any run of blanks and none at the ends.
 * @param {string} typed
 */
export function plain(typed) {
  return typed
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/\p{Nd}/gu, digitOf)
    .trim()
    .normalize('NFC');
}

/** A code of figures and letters, without what stands between them. @param {string} typed */
export function plainCode(typed) {
  return plain(typed).replaceAll(' ', '');
}

/** Digits stand in rows of ten, from nought to nine. @param {string} digit */
function digitOf(digit) {
  const code = /** @type {number} */ (digit.codePointAt(0));
  let before = 0;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}
