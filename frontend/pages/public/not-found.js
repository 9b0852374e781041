/** Any path outside routes.json; the server answers it with status 404. */
import { notFoundState } from '../../components/page-states/page-states.js';

/** @type {import('../../lib/router.js').Page<null>} */
export default {
  title: () => notFoundState().title,
  render: () => notFoundState().content,
};
