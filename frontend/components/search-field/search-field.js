/**
 * The words of a search, with what is wrong where they are too few to be looked up.
 *
 *   const words = searchField({rule: WORDS, name: 'q', label: t('support.search'), value: ctx.query.get('q') ?? ''})
 *   if (!words.isReady()) return;    the field has the focus and says why
 */
import { textField } from '../field/field.js';

/**
 * @param {{rule: import('../../lib/search.js').SearchRule, name: string, label: string, value: string, hint?: string,
 *   attributes?: Record<string, unknown>}} options `rule`: of lib/search.
 */
export function searchField({ rule, ...options }) {
  const field = textField({
    ...options,
    type: 'search',
    optional: true,
    autocomplete: 'off',
    validate: rule.problem,
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
      return rule.words(field.value);
    },
    isReady() {
      if (say()) return true;
      field.control.focus();
      return false;
    },
  };
}
