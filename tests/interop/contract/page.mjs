// The page's door: as the public, which it is here, and with a key.

import assert from 'node:assert/strict';

const NO_JOB = '0190a0a0-0000-7000-8000-000000000001';
const NOBODY = '5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM';

export default function cases(f) {
  const at = {};
  const headers = { Authorization: `Bearer ${f.key}` };
  const views = ['getPageNow', 'listPageMiners', 'getPageShares', 'getPageWeights', 'getPageEngagement'];
  const hidden = (op, more = {}) => ({ op, status: 403, code: 'jobs_hidden', ...more });
  const hotkey = { hotkey: f.hotkey };
  return [
    { op: 'getPage', status: 200 },
    { op: 'getPageFile', status: 200, path: { file: 'main.js' } },
    { op: 'getPageFile', status: 404, path: { file: 'nonsense' } },
    { op: 'getPageReader', status: 200, then: (b) => assert.equal(b.role, 'public') },
    { op: 'getPageReader', status: 200, headers, then: (b) => assert.ok(b.acts && b.sees_all) },
    { op: 'getPageReader', status: 200, at: 'plain', then: (b) => assert.equal(b.role, 'operator') },
    { op: 'getPageReader', status: 401, headers: { 'X-API-Key': 'nonsense' } },
    ...views.flatMap((op) => [{ op, status: 200 }, { op, status: 200, headers }]),
    { op: 'getPageLive', status: 200 },
    { op: 'getPageLive', status: 400, headers, query: { job: 'nonsense' } },
    hidden('getPageLive', { query: { job: NO_JOB } }),
    { op: 'listPageJobs', status: 200, headers, then: (b) => { at.job = b.jobs[0].id; } },
    { op: 'listPageJobs', status: 200, headers, query: { limit: 1, kind: 'text.translate' }, then: (b) => { at.next = b.next; } },
    { op: 'listPageJobs', status: 200, headers, query: () => ({ cursor: at.next, state: 'done', hotkey: f.hotkey }) },
    { op: 'listPageJobs', status: 400, headers, query: { state: 'nonsense' } },
    { op: 'listPageJobs', status: 400, headers, query: { hotkey: 'nonsense' } },
    { op: 'listPageJobs', status: 400, headers, query: { limit: 0 } },
    hidden('listPageJobs'),
    { op: 'getPageJob', status: 200, headers, path: () => ({ id: at.job }) },
    { op: 'getPageJob', status: 200, headers, path: { id: f.done }, then: (b) => assert.ok(b.own_only.params && b.attempts[0].receipt.seed) },
    { op: 'getPageJob', status: 404, headers, path: { id: NO_JOB } },
    hidden('getPageJob', { path: { id: f.done } }),
    { op: 'getPageMiner', status: 200, path: hotkey },
    { op: 'getPageMiner', status: 404, path: { hotkey: NOBODY } },
    { op: 'getPageMiner', status: 400, path: { hotkey: 'nonsense' } },
    { op: 'getPageWork', status: 200, path: hotkey, query: { limit: 1 } },
    { op: 'getPageWork', status: 400, path: hotkey, query: { limit: 0 } },
    { op: 'getPageScore', status: 200, path: hotkey, then: (b) => assert.equal(b.weight, null) },
    { op: 'getPageScore', status: 200, path: hotkey, headers, then: (b) => assert.equal(b.weight, 1) },
    { op: 'getPageScore', status: 404, path: { hotkey: NOBODY } },
    { op: 'getPageFailures', status: 200, headers, then: (b) => { at.group = b.groups[0]?.group; } },
    hidden('getPageFailures'),
    { op: 'redriveJob', status: 404, path: { id: 'nonsense' } },
    { op: 'redriveJob', status: 409, code: 'nothing_to_redrive', path: { id: f.done } },
    { op: 'redriveJob', status: 200, path: { id: f.failed } },
    { op: 'redriveJob', status: 409, path: { id: f.failed } },
    { op: 'redriveGroup', status: 404, path: { group: 'nonsense' } },
    { op: 'redriveGroup', status: 409, path: { group: '00000000' } },
    { op: 'redriveGroup', status: 200, path: { group: f.group } },
  ];
}
