// Dippy's door; at the instance "plain" it is closed.

const NO_JOB = '0190a0a0-0000-7000-8000-000000000001';
const order = (more = {}) => ({ job_type: 'generate', payload: { prompt: 'a boat' }, ...more });

export default function cases(f) {
  const at = {};
  const secret = { 'X-Service-Auth-Secret': f.dippy_secret };
  const views = ['dippyRecentJobs', 'dippyMinerStatus', 'dippyScores', 'dippyAuditFailures', 'dippyLastCandidates'];
  return [
    { op: 'dippyListen', status: 202, json: order(), headers: secret, then: (b) => { at.job = b.job_id; } },
    { op: 'dippyListen', status: 400, json: order({ payload: { prompt: 1 } }), headers: secret },
    { op: 'dippyListen', status: 403, json: order(), headers: { 'X-Service-Auth-Secret': 'nonsense' } },
    { op: 'dippyListen', status: 404, at: 'plain', json: order(), headers: secret },
    { op: 'dippyListen', status: 422, json: { payload: {} }, headers: secret },
    { op: 'dippyListenRemote', status: 202, json: order({ webhook_url: 'http://127.0.0.1:9/told' }), headers: secret },
    { op: 'dippyListenRemote', status: 400, json: order({ webhook_url: 'http://user@127.0.0.1:9/' }), headers: secret },
    { op: 'dippyListenRemote', status: 403, json: order({ webhook_url: 'http://127.0.0.1:9/told' }) },
    { op: 'dippyListenRemote', status: 404, at: 'plain', json: order(), headers: secret },
    { op: 'dippyListenRemote', status: 422, json: order(), headers: secret },
    { op: 'dippyDebugListen', status: 410, json: {} },
    { op: 'dippyJob', status: 200, path: () => ({ id: at.job }) },
    { op: 'dippyJob', status: 404, path: { id: NO_JOB } },
    { op: 'dippyJob', status: 404, at: 'plain', path: { id: NO_JOB } },
    { op: 'dippyJob', status: 422, path: { id: 'nonsense' } },
    ...views.map((op) => ({ op, status: 200 })),
    ...views.map((op) => ({ op, status: 404, at: 'plain' })),
    { op: 'dippyRecentJobs', status: 200, query: { limit: 1 } },
    { op: 'dippyRecentJobs', status: 422, query: { limit: 0 } },
  ];
}
