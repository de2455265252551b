// A whole suite with development miners: served.c, started and ended. What it says: { url, client, validator }.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export async function startServed(build) {
  const child = spawn(`${build}/tests/interop/served`, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const said = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`served ended (${code})`)));
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
  });
  return {
    ...said,
    async stop() {
      child.stdin.end();
      return ended;
    },
  };
}
