// The door of API keys.

const NO_KEY = 'aaaaaaaaaaaa';
const quotas = [{ kind: '*', jobs: 5, window_s: 60 }];

export default function cases() {
  const at = {};
  return [
    { op: 'makeKey', status: 201, json: { role: 'client', name: 'contract', tenant: 'contract', expires_in_s: 600, quotas }, then: (b) => { at.key = b.id; } },
    { op: 'makeKey', status: 201, json: { role: 'miner' } },
    { op: 'makeKey', status: 400, raw: '{"role":', headers: { 'Content-Type': 'application/json' } },
    { op: 'makeKey', status: 403, at: 'plain', json: { role: 'client' } },
    { op: 'makeKey', status: 422, json: { role: 'nonsense' } },
    { op: 'listKeys', status: 200 },
    { op: 'listKeys', status: 200, query: { limit: 1 }, then: (b) => { at.next = b.next; } },
    { op: 'listKeys', status: 200, query: () => ({ before: at.next }) },
    { op: 'listKeys', status: 400, query: { limit: 0 } },
    { op: 'listKeys', status: 400, query: { before: '-' } },
    { op: 'getKey', status: 200, path: () => ({ id: at.key }) },
    { op: 'getKey', status: 404, path: { id: NO_KEY } },
    { op: 'limitKey', status: 200, path: () => ({ id: at.key }), json: { quotas: [] } },
    { op: 'limitKey', status: 400, path: () => ({ id: at.key }), raw: '{', headers: { 'Content-Type': 'application/json' } },
    { op: 'limitKey', status: 404, path: { id: NO_KEY }, json: { quotas } },
    { op: 'limitKey', status: 422, path: () => ({ id: at.key }), json: {} },
    { op: 'revokeKey', status: 200, path: () => ({ id: at.key }) },
    { op: 'revokeKey', status: 404, path: { id: NO_KEY } },
  ];
}
