import tseslint from 'typescript-eslint';

// Mistakes only; the look of the code is prettier's.
const rules = {
  'no-undef': 'error',
  'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  'no-const-assign': 'error',
  'no-dupe-keys': 'error',
  'no-dupe-args': 'error',
  'no-unreachable': 'error',
  'no-self-assign': 'error',
  'no-fallthrough': 'error',
  'no-cond-assign': 'error',
  'no-constant-condition': ['error', { checkLoops: false }],
  'no-unsafe-finally': 'error',
  'no-unsafe-optional-chaining': 'error',
  'no-async-promise-executor': 'error',
  'no-template-curly-in-string': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  eqeqeq: ['error', 'always'],
  'default-case-last': 'error',
  'no-shadow-restricted-names': 'error',
  complexity: ['error', 20],
  'max-depth': ['error', 4],
};
/** What only the types can tell: a promise that nobody waits for, whose failure nobody sees. */
const promises = {
  'typed/no-floating-promises': 'error',
  'typed/no-misused-promises': ['error', { checksVoidReturn: true }],
  'no-restricted-syntax': [
    'error',
    {
      selector: "Property[key.name='onclick'] UnaryExpression[operator='void']",
      message: 'A button that asks the server says what failed: act(() => …), of components/act.',
    },
  ],
  'typed/await-thenable': 'error',
};
const named = (names) => Object.fromEntries(names.split(/\s+/).map((name) => [name, 'readonly']));
const both = `console URL URLSearchParams fetch Headers Request Response FormData Blob File AbortController
  AbortSignal TextEncoder TextDecoder setTimeout clearTimeout setInterval clearInterval queueMicrotask
  structuredClone performance crypto btoa atob Event EventTarget CustomEvent DOMException`;
const browser =
  named(`${both} window document navigator location history localStorage sessionStorage
  customElements HTMLElement Element Node NodeFilter DocumentFragment HTMLInputElement HTMLFormElement
  HTMLSelectElement HTMLTextAreaElement HTMLButtonElement HTMLAnchorElement HTMLDialogElement
  HTMLTemplateElement HTMLDetailsElement HTMLFieldSetElement KeyboardEvent MouseEvent PopStateEvent
  SubmitEvent BeforeUnloadEvent ProgressEvent XMLHttpRequest MutationObserver IntersectionObserver
  ResizeObserver requestAnimationFrame cancelAnimationFrame requestIdleCallback matchMedia getComputedStyle
  CSS CSSStyleSheet Intl DOMParser trustedTypes alert confirm scrollTo scrollX scrollY innerWidth innerHeight
  addEventListener removeEventListener dispatchEvent BroadcastChannel`);
const node = named(`${both} process Buffer globalThis setImmediate`);

export default [
  { ignores: ['build*/**', 'node_modules/**', '.guichet/**', 'frontend/assets/vendor/**'] },
  {
    // Swagger UI has no types, and what runs before the modules needs none.
    files: ['frontend/assets/*.js'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: browser },
    rules,
  },
  {
    files: ['frontend/main.js', 'frontend/{lib,components,pages}/**/*.js', 'tests/frontend/*.js'],
    languageOptions: {
      ecmaVersion: 2023,
      sourceType: 'module',
      globals: browser,
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { typed: tseslint.plugin },
    rules: { ...rules, ...promises },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: node },
    rules,
  },
  {
    // What runs inside page.evaluate() is the browser's.
    files: ['tests/e2e/**/*.mjs'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: { ...browser, ...node } },
    rules,
  },
];
