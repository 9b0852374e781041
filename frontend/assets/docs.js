// Starts Swagger UI on the contract; in a file of its own for the content security policy. Nothing is
// asked of another host. Its dark styles hang on a class: it follows the system and the choice made here.
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
  window.SwaggerUIBundle({
    url: '/openapi.yaml',
    dom_id: '#swagger-ui',
    deepLinking: true,
    validatorUrl: null,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    supportedSubmitMethods: ['get'],
  });
})();
