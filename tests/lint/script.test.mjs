// script/test itself: what it says of a run that took too long.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { ROOT } from './house.mjs';

/** What `check_run_time SECONDS MINUTES_MAX` does. */
function judge(seconds, minutes) {
  const command = '. script/lib.sh; check_run_time "$1" "$2"';
  const result = spawnSync('bash', ['-c', command, 'script/test', `${seconds}`, `${minutes}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status: result.status, said: result.stderr };
}

test('a_run_within_its_time_passes_silently', () => {
  assert.deepEqual(judge(1200, 20), { status: 0, said: '' });
});

test('a_run_above_its_time_fails_and_says_by_how_much', () => {
  const { status, said } = judge(1201, 20);
  assert.equal(status, 1);
  assert.match(said, /took 20 min 1 s, more than the 20 minutes/);
  assert.equal(judge(1201, 21).status, 0);
});
