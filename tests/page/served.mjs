// The suite that the page is shown of: served.c, started and ended. What it says first: { url, operator, client }.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export async function startServed(build) {
  const child = spawn(`${build}/tests/page/served`, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const waiting = [];
  const lines = [];
  createInterface({ input: child.stdout }).on('line', (line) => (waiting.length ? waiting.shift().resolve(line) : lines.push(line)));
  ended.then((code) => waiting.forEach((w) => w.reject(new Error(`served ended (${code})`))));
  const next = () => new Promise((resolve, reject) => (lines.length ? resolve(lines.shift()) : waiting.push({ resolve, reject })));
  const said = JSON.parse(await next());
  return {
    ...said,
    async fill() {
      child.stdin.write('fill\n');
      if (!JSON.parse(await next()).done) throw new Error('served could not be filled');
    },
    async stop() {
      child.stdin.end();
      return ended;
    },
  };
}
