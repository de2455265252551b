// Our library, asked line by line (offline.c).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export function startOffline(build) {
  const child = spawn(`${build}/tests/interop/offline`, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  let ended = null;
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift().resolve(JSON.parse(line)));
  child.stdin.on('error', () => {});
  const end = (why) => {
    ended = new Error(`offline ended (${why})`);
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  child.on('error', end);
  child.on('exit', end);

  // The answer, which may be {error}.
  function tryTo(what, request = {}) {
    if (ended) return Promise.reject(ended);
    const answer = new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    child.stdin.write(`${JSON.stringify({ do: what, ...request })}\n`);
    return answer;
  }

  return {
    tryTo,
    async ask(what, request) {
      const answer = await tryTo(what, request);
      assert.equal(answer.error, undefined, `${what}: ${answer.error}`);
      return answer;
    },
    async stop() {
      const exited = new Promise((resolve) => child.on('exit', resolve));
      child.stdin.end();
      return exited;
    },
  };
}
