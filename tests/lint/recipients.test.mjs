// Nothing is sent to who is gone: mails about requests and tokens have their recipients from one function, request_told.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { codeOfC, files, none, read } from './house.mjs';

/** Where a mail about a request or a token leaves, and how often. */
const SENDERS = new Map([
  ['api/request/request_mail.c', 2], // an audience of request_told; contacts of contacts_told
  ['api/token/token_notice.c', 1], // token_list_recipients, which asks both
  ['api/request/request_proposal.c', 1], // who proposed a living approval: an instructor who counts still
  ['api/token/token_acts.c', 1], // who acts, in a session of their own
  ['api/token/token_share.c', 1], // an address that was typed for this mail
]);

/** Statements that list addresses for mails in these rooms, and the functions of which each asks. */
const LISTS = new Map([
  ['sql/queries/request/request_list_told.sql', ['request_told', 'contacts_told']],
  ['sql/queries/token/token_list_recipients.sql', ['request_told', 'contacts_told']],
  ['sql/queries/account/request_list_left.sql', ['request_told']],
]);

test('a_mail_about_a_request_leaves_where_its_recipients_are_known', () => {
  const found = new Map();
  for (const path of files(/^api\/(request|token|usage|habilitation)\/.*\.c$/)) {
    const count = codeOfC(read(path)).match(/\bact_mail\(/g)?.length ?? 0;
    if (count > 0) found.set(path, count);
  }
  assert.deepEqual([...found].toSorted(), [...SENDERS].toSorted());
});

test('each_list_of_recipients_asks_the_one_function', () => {
  const listing = files(
    /^sql\/queries\/(request|token|usage|habilitation|account)\/.*\.sql$/,
  ).filter(
    (path) =>
      /^-- :many .*$|_recipient \(/m.test(read(path)) && /-> \w*recipient\b/.test(read(path)),
  );
  assert.deepEqual(listing.toSorted(), [...LISTS.keys()].toSorted());
  none(
    [...LISTS].flatMap(([path, functions]) =>
      functions
        .filter((name) => !read(path).includes(`${name}(`))
        .map((name) => `${path} does not ask ${name}`),
    ),
  );
});
