// Establishments of the built-in directory, by what they are good for in a test, and numbers that it
// does not hold.

export const SIRETS = {
  /** Administrations, each of another SIREN. */
  DINUM: '13002526500013',
  INSEE: '12002701600563',
  PARIS: '21750001600019',
  CLAMART: '21920023500014',
  LYON: '21690123100011',
  MARSEILLE: '21130055300016',
  TOULOUSE: '21310555400017',
  BORDEAUX: '21330063500017',
  RENNES: '21350238800019',
  LILLE: '21590350100017',
  NANTES: '21440109300015',
  ANNECY: '20006340200016',
  OCCITANIE: '20005379100014',
  RHONE: '22690001700014',
  VEXIN: '20007184300060',
  ARPAJON_HOSPITAL: '26910001200013',
};

/** La Poste's head office: no administration, so that its eligibility is the longest to say. */
export const COMPANY = '35600000000048';

const others = Object.values(SIRETS);
let next = 0;

/** Another establishment at each call, so that the tests of one file do not meet. */
export function anySiret() {
  return others[next++ % others.length];
}

/** The digit that makes a number pass Luhn's check. */
export function luhnDigit(digits) {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

/** A well-formed SIRET that no directory knows; the same seed gives the same number. */
export function unknownSiret(seed = 0) {
  const siren = `9999${String(seed).padStart(4, '0')}`;
  const withKey = siren + luhnDigit(siren);
  return `${withKey}0001${luhnDigit(`${withKey}0001`)}`;
}
