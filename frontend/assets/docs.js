// Starts Swagger UI on the contract; in a file of its own for the content security policy. Nothing is
// asked of another host. Its dark styles hang on a class: it follows the system and the choice made here.
// What it draws in a way that a keyboard or a screen reader cannot use is drawn here instead (`parts`),
// or set right as it appears (`MENDS`).
(function () {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  function follow() {
    root.classList.toggle(
      'dark-mode',
      (root.dataset.theme ?? (system.matches ? 'dark' : '')) === 'dark',
    );
  }
  follow();
  system.addEventListener('change', follow);

  /** The plugin with our own parts; names are those of Swagger UI's components. */
  function parts({ React }) {
    const h = React.createElement;

    /** Without a `main` of its own, a second title and a choice between one server. */
    function Page({ getComponent, specSelectors }) {
      const part = (name) => h(getComponent(name, true), { key: name });
      if (specSelectors.loadingStatus() === 'failed') {
        return h('div', { className: 'swagger-ui', role: 'alert' }, part('errors'));
      }
      if (!specSelectors.specStr()) return h('p', { role: 'status' }, 'Loading…');
      const source = specSelectors.info().get('description');
      return h(
        'div',
        { className: 'swagger-ui' },
        part('errors'),
        h('div', { className: 'info' }, h(getComponent('Markdown', true), { source })),
        ['AuthorizeBtnContainer', 'operations', 'Webhooks', 'Models'].map(part),
      );
    }

    /** All of them: a page that draws only what is in sight cannot be searched, nor walked by keyboard. */
    function operations({ specSelectors, getComponent, ...others }) {
      const Tag = getComponent('OperationTag');
      const Operation = getComponent('OperationContainer', true);
      const methods = specSelectors.validOperationMethods();
      const one = (tag) => (op) => {
        const [path, method] = [op.get('path'), op.get('method')];
        const key = `${method} ${path}`;
        return h(Operation, { key, op, path, method, tag, specPath: op.get('specPath') });
      };
      const tagged = specSelectors.taggedOperations().map((tagObj, tag) => {
        const known = tagObj.get('operations').filter((op) => methods.includes(op.get('method')));
        return h(
          Tag,
          { ...others, key: tag, tagObj, tag, getComponent, specUrl: specSelectors.url() },
          h('div', { className: 'operation-tag-content' }, known.map(one(tag)).toArray()),
        );
      });
      return h('div', null, tagged.valueSeq().toArray());
    }

    /** As text: it stands inside the button that opens the operation, where no link may be. */
    function OperationSummaryPath({ operationProps }) {
      const { deprecated, path } = operationProps.toObject();
      const className = `opblock-summary-path${deprecated ? '__deprecated' : ''}`;
      return h('span', { className, 'data-path': path }, path);
    }

    /**
     * A real dialog: it keeps the keyboard, ends with Escape and has a name. It asks for tokens alone:
     * anyone who is logged in has a session already.
     */
    function authorizationPopup({ authSelectors, authActions, getComponent, ...others }) {
      const dialog = React.useRef(null);
      React.useEffect(() => dialog.current.showModal(), []);
      const close = () => authActions.showDefinitions(false);
      const Definitions = getComponent('auths');
      const tokens = authSelectors
        .shownDefinitions()
        .filter((schemes) => schemes.every((scheme) => scheme.get('scheme') === 'bearer'));
      return h(
        'dialog',
        { ref: dialog, className: 'authorizations', onClose: close, 'aria-labelledby': 'tokens' },
        h('h2', { id: 'tokens' }, 'Call the gateway'),
        tokens.map((definitions, key) =>
          h(Definitions, { key, definitions, authSelectors, authActions, getComponent, ...others }),
        ),
      );
    }

    /** What a button shows is its name. */
    const Button = (Original) => (properties) =>
      h(Original, {
        ...properties,
        ...(typeof properties.children === 'string' && { 'aria-label': undefined }),
      });

    return {
      components: {
        Page,
        operations,
        OperationSummaryPath,
        authorizationPopup,
        authorizeOperationBtn: () => null,
      },
      wrapComponents: { Button },
    };
  }

  /** What is set right on elements as they appear: a selector and what to do with each. */
  const MENDS = [
    // One level up: ours is the only first one.
    ['h3', (heading) => heading.setAttribute('aria-level', '2')],
    ['h4', (heading) => heading.setAttribute('aria-level', '3')],
    ['h5', (heading) => heading.setAttribute('aria-level', '4')],
    ['.models > h4', (heading) => heading.setAttribute('aria-level', '2')],
    ['table[role]', (table) => table.removeAttribute('role')],
    ['pre.microlight', (lines) => lines.setAttribute('tabindex', '0')],
  ];

  function mend(element) {
    for (const [selector, change] of MENDS) {
      if (element.matches(selector)) change(element);
      element.querySelectorAll(selector).forEach(change);
    }
  }

  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof Element) mend(node);
    }
  }).observe(document.getElementById('swagger-ui'), { childList: true, subtree: true });

  window.SwaggerUIBundle({
    url: '/openapi.yaml',
    dom_id: '#swagger-ui',
    deepLinking: true,
    validatorUrl: null,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    supportedSubmitMethods: ['get'],
    plugins: [parts],
    layout: 'Page',
  });
})();
