// node webhook_verify.mjs FILE: a message as a receiver got it, {"secret", "headers", "body"}, verified by standardwebhooks.
// Prints its type.

import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const { secret, headers, body } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
console.log(new Webhook(secret).verify(body, headers).type);
