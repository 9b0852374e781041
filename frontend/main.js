/** Starts the page: texts, session, shell, router. */
import {
  failureState,
  forbiddenState,
  loadingState,
  notFoundState,
} from './components/page-states/page-states.js';
import { watchFailures } from './components/act/act.js';
import { mountSessionGuard } from './components/session-guard/session-guard.js';
import { mountShell } from './components/shell/shell.js';
import { getAsset } from './lib/api.js';
import { loadTexts } from './lib/i18n.js';
import { start } from './lib/router.js';
import { session } from './lib/store.js';

watchFailures();
const [routes] = await Promise.all([
  getAsset(new URL('./routes.json', import.meta.url)),
  loadTexts(),
  session.load().catch(() => {}),
]);
session.followOtherTabs();
mountShell();
mountSessionGuard();
await start(routes.routes, /** @type {HTMLElement} */ (document.getElementById('contenu')), {
  loading: loadingState,
  failure: failureState,
  forbidden: forbiddenState,
  notFound: notFoundState,
});
