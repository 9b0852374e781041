/**
 * The words of a search, with what is wrong where they are too few to be looked up.
 *
 *   const words = searchField({name: 'texte', label: t('requests.text'), value: ctx.query.get('texte') ?? ''})
 *   if (!words.isReady()) return;    the field has the focus and says why
 */
import { searchWords, wordsProblem } from '../../lib/search.js';
import { textField } from '../field/field.js';

/** @param {{name: string, label: string, value: string, hint?: string, attributes?: Record<string, unknown>}} options */
export function searchField(options) {
  const field = textField({
    ...options,
    type: 'search',
    optional: true,
    autocomplete: 'off',
    validate: wordsProblem,
  });
  const say = () => {
    const problem = field.check();
    field.setError(problem);
    return problem === null;
  };
  say();
  return {
    element: field.element,
    /** Null where there are none. */
    get words() {
      return searchWords(field.value);
    },
    isReady() {
      if (say()) return true;
      field.control.focus();
      return false;
    },
  };
}
