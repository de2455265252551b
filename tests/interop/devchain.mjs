// A development chain of our own: started on a free port, waited for by its
// log events, ended by us.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export async function startDevchain(build, args = []) {
  const child = spawn(`${build}/tests/devchain`, ['--port', '0', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = [];
  const port = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`devchain ended (${code}): ${lines.join('\n')}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      const found = /chain\.listening port=(\d+)/.exec(line);
      if (found) resolve(Number(found[1]));
    });
  });
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.on('exit', resolve));

  // A request over HTTP; control (dev_*) goes this way.
  async function rpc(method, ...params) {
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = await answer.json();
    if (error) throw Object.assign(new Error(error.message), error);
    return result;
  }

  return {
    url: `ws://127.0.0.1:${port}`,
    http: `http://127.0.0.1:${port}`,
    lines,
    rpc,
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
