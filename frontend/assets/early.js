/* Runs before the first paint: the chosen theme and language, so that nothing flashes. */
(function () {
  const theme = localStorage.getItem('guichet.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  if (localStorage.getItem('guichet.language') === 'en') document.documentElement.lang = 'en';
})();
