// The door of webhooks.

const NONE = '0190a0a0-0000-7000-8000-000000000001';
const JSON_TYPE = { 'Content-Type': 'application/json' };

export default function cases() {
  const at = {};
  const mine = () => ({ id: at.hook });
  const url = 'http://127.0.0.1:9/hook';
  return [
    { op: 'makeWebhook', status: 201, json: { url, events: ['job.done'] }, then: (b) => { at.hook = b.id; } },
    { op: 'makeWebhook', status: 201, json: { url, tenant: 'contract' } },
    { op: 'makeWebhook', status: 400, raw: '{', headers: JSON_TYPE },
    { op: 'makeWebhook', status: 403, query: { tenant: 'no name' }, json: { url } },
    { op: 'makeWebhook', status: 422, json: { url: 'ftp://127.0.0.1/' } },
    { op: 'makeWebhook', status: 501, at: 'plain', json: { url } },
    { op: 'listWebhooks', status: 200 },
    { op: 'listWebhooks', status: 200, query: { tenant: 'contract' } },
    { op: 'listWebhooks', status: 403, query: { tenant: 'no name' } },
    { op: 'getNamedWebhookSecret', status: 200 },
    { op: 'getNamedWebhookSecret', status: 403, query: { tenant: 'no name' } },
    { op: 'getWebhook', status: 200, path: mine },
    { op: 'getWebhook', status: 404, path: { id: NONE } },
    { op: 'rotateWebhook', status: 200, path: mine },
    { op: 'rotateWebhook', status: 404, path: { id: NONE } },
    { op: 'testWebhook', status: 202, path: mine },
    { op: 'testWebhook', status: 404, path: { id: NONE } },
    { op: 'listDeliveries', status: 200, path: mine },
    { op: 'listDeliveries', status: 404, path: { id: NONE } },
    { op: 'deleteWebhook', status: 204, path: mine },
    { op: 'deleteWebhook', status: 404, path: mine },
  ];
}
