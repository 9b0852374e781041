// What an applicant or an instructor does on screen, a program with the scope does too.
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { PROGRAM } from '../support/server.mjs';
import { none } from './house.mjs';

const routes = execFileSync(PROGRAM, ['print-routes'], { encoding: 'utf8' })
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line));

/* Areas of applicants and instructors; a person's own account and memberships are no program's. */
const AREAS =
  /^\/v1\/(requests|habilitations|tokens|webhooks|organisations|usage|saved-filters|products\/[^/]+\/templates)(\/|$)/;

/** Routes of those areas that people alone may use, each with its ground. */
const PEOPLE_ALONE = {
  'POST /v1/tokens/{id}/reveal':
    'shows a string in use after a log-in of less than 15 minutes; a program takes a new one by a rotation',
  'POST /v1/requests/{id}/proposal/confirmation':
    'two persons approve: whoever once saw the secret of a program could be both of them',
  'DELETE /v1/requests/{id}/proposal': 'as the confirmation',
  'POST /v1/requests/{id}/takeover': 'makes the caller, who is a person, the applicant',
  'DELETE /v1/requests/{id}/takeover': 'as the takeover: people concerned object to a person',
  'POST /v1/organisations/{siret}/members': 'joins the caller, who is a person',
};

const name = ({ method, path }) => `${method} ${path}`;
const inAreas = routes.filter(
  ({ path, access }) =>
    AREAS.test(path) && /^(session|session_recent|client|staff|admin)$/.test(access),
);

test('every_act_of_applicants_and_instructors_is_open_to_programs_or_says_why_not', () => {
  none(
    inAreas
      .filter(({ client_scope: scope }) => !scope)
      .map(name)
      .filter((route) => !(route in PEOPLE_ALONE)),
  );
});

test('no_exception_is_out_of_date', () => {
  const closed = new Set(inAreas.filter(({ client_scope: scope }) => !scope).map(name));
  none(Object.keys(PEOPLE_ALONE).filter((route) => !closed.has(route)));
});
