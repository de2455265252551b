// Webhooks: what we sign is verified by the package that receivers use, and what was changed on the way is not.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { randomOf } from './random.mjs';
import { test } from './tap.mjs';

const MESSAGES = 500;

const secretOf = (length) => `whsec_${randomBytes(length).toString('base64')}`;

async function messageOf(offline, random, i) {
  const secrets = random.list(1 + random.below(2), () => secretOf(24 + (i % 41)));
  const id = `msg_${randomBytes(16).toString('hex')}`;
  const timestamp = Math.floor(Date.now() / 1000) - random.below(200);
  const body = JSON.stringify({ type: 'job.done', data: { n: random.u32(), text: 'ä→😀 "\\\n'.repeat(random.below(40)) } });
  const { signature } = await offline.ask('webhook', { secrets, id, timestamp, body });
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
  return { secrets, body, headers };
}

export function webhookTests(offline) {
  test('webhooks we sign are verified by standardwebhooks', async () => {
    const random = randomOf(77);
    let two = 0;
    for (let i = 0; i < MESSAGES; i++) {
      const { secrets, body, headers } = await messageOf(offline, random, i);
      for (const secret of secrets) assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
      two += secrets.length - 1;
    }
    assert.ok(two > 0);
    return `${MESSAGES} messages, ${two} of them under two secrets`;
  });

  test('webhooks that were changed are not', async () => {
    const random = randomOf(78);
    let refused = 0;
    for (let i = 0; i < MESSAGES / 10; i++) {
      const { secrets, body, headers } = await messageOf(offline, random, i);
      const webhook = new Webhook(secrets[0]);
      const other = new Webhook(secretOf(32));
      const later = String(Number(headers['webhook-timestamp']) + 1);
      for (const attempt of [
        () => other.verify(body, headers),
        () => webhook.verify(`${body} `, headers),
        () => webhook.verify(body, { ...headers, 'webhook-id': 'msg_1' }),
        () => webhook.verify(body, { ...headers, 'webhook-timestamp': later }),
      ]) {
        assert.throws(attempt, /signature/i);
        refused++;
      }
    }
    return `${refused} refused`;
  });
}
