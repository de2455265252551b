// node main.mjs BUILD_DIR: all interoperability tests, TAP on stdout.

import { chainTests } from './chain.test.mjs';
import { metadataTests } from './metadata.test.mjs';
import { run } from './tap.mjs';

// Stdout is TAP's; the client's own log goes where the others' goes.
console.log = console.error;
console.info = console.error;

const build = process.argv[2];
const chain = await chainTests(build);
await metadataTests(build);
const failed = await run();
await chain.stop();
process.exit(failed > 0 ? 1 : 0);
