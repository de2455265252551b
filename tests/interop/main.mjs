// node main.mjs BUILD_DIR: all interoperability tests, TAP on stdout.

import assert from 'node:assert/strict';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { chainTests } from './chain.test.mjs';
import { startDevchain } from './devchain.mjs';
import { epistulaTests } from './epistula.test.mjs';
import { extrinsicTests } from './extrinsics.test.mjs';
import { keyTests } from './keys.test.mjs';
import { metadataTests } from './metadata.test.mjs';
import { startOffline } from './offline.mjs';
import { findRuntimes } from './runtimes.mjs';
import { soundTests } from './sound.test.mjs';
import { storageTests } from './storage.test.mjs';
import { run, test } from './tap.mjs';
import { timelockTests } from './timelock.test.mjs';
import { webhookTests } from './webhooks.test.mjs';

// Stdout is TAP's; the client's own log goes where the others' goes.
console.log = console.error;
console.info = console.error;

const build = process.argv[2];
await cryptoWaitReady();
const served = await startDevchain(build, ['--block-ms', '0']);
const { runtimes, remove } = await findRuntimes(served);
await served.stop();
const offline = startOffline(build);
const chain = await chainTests(build);
metadataTests(build, runtimes);
keyTests(offline);
epistulaTests(offline);
storageTests(offline, runtimes);
extrinsicTests(offline, runtimes);
timelockTests(offline);
soundTests(build);
webhookTests(offline);
test('our library ends in good order', async () => assert.equal(await offline.stop(), 0));
const failed = await run();
await chain.stop();
remove();
process.exit(failed > 0 ? 1 : 0);
