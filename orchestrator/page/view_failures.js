// Failures by their cause, and what came to nothing begun once more.

import { ask } from './api.js';
import { card, empty, h, link, since, table, tile, tiles } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';

const sum = (all) => all.reduce((a, b) => a + b, 0);
const SIDES = { miner: 'the miner', us: 'we', client: 'the client' };

export function mount(place, page) {
  place.append(h('div', { class: 'head' }, h('h1', null, 'Failures')));

  async function redrive(g) {
    const is = await page.confirm(`Begin ${f.count(g.open)} job${g.open === 1 ? '' : 's'} once more?`, `Each of the group ${g.group} that failed and was not redriven yet is queued as a new job, at most 500 at once.`, 'Redrive them');
    if (!is) return;
    try {
      const { jobs } = await ask(`/v1/failures/${g.group}/redrive`, { method: 'POST' });
      page.toast(`${f.count(jobs.length)} job${jobs.length === 1 ? ' is' : 's are'} queued once more.`);
    } catch (error) {
      page.toast(error.message);
    }
    l.refresh();
  }

  const action = { label: 'Redrive', act: true, cell: (g) => (g.open ? h('button', { type: 'button', 'data-key': `redrive ${g.group}`, 'aria-label': `Redrive ${g.open} jobs of group ${g.group}`, onclick: () => redrive(g) }, `Redrive ${f.short(g.open)}`) : h('span', { class: 'quiet' }, 'all redriven')) };
  const columns = [
    { label: 'Group', cell: (g) => link(`#/jobs/${g.example}`, g.group, { class: 'mono', title: 'the latest job of it' }) },
    { label: 'Kind', cell: (g) => g.kind },
    { label: 'The job', cell: (g) => h('span', { title: g.help }, f.words(g.reason)) },
    { label: 'Its attempts', wide: true, cell: (g) => (g.attempts ? g.attempts.split(' ').map(f.words).join(', ') : 'none was made') },
    { label: 'Side', wide: true, cell: (g) => SIDES[g.side] ?? f.none },
    { label: 'Jobs', num: true, cell: (g) => f.count(g.jobs) },
    { label: 'Last hour', num: true, wide: true, cell: (g) => (g.hour ? h('strong', { class: 'bad' }, f.count(g.hour)) : '0') },
    { label: 'Miners', num: true, wide: true, title: 'that the latest hundred have been at', cell: (g) => f.count(g.miners) },
    { label: 'First', wide: true, cell: (g) => since(g.first_at) },
    { label: 'Last', cell: (g) => since(g.last_at) },
  ];
  const l = loader(place, {
    load: (signal) => ask('/v1/page/failures', { signal }),
    isEmpty: (d) => d.groups.length === 0,
    nothing: () => empty('Nothing failed in the last seven days', 'What does is grouped here by its cause: the kind, the reason of the job, the reasons of its attempts.'),
    draw: (d) => [tiles(tile('Jobs', f.count(d.looked_at), d.looked_at === 10000 ? 'the newest looked at' : 'failed or expired in seven days'), tile('Causes', f.count(d.groups.length), 'groups'), tile('Last hour', f.count(sum(d.groups.map((g) => g.hour))), 'jobs', sum(d.groups.map((g) => g.hour)) ? 'warn' : ''), tile('Not redriven', f.count(sum(d.groups.map((g) => g.open))), page.reader.acts ? 'may be begun once more' : 'an operator\'s key may')),
      card('By cause', { note: 'the latest first' }, table('Failures by cause', page.reader.acts ? [...columns, action] : columns, d.groups, { keyOf: (g) => g.group }))],
  });
  page.on('now', l.refresh);
  page.on('away', l.refresh);
  return l.stop;
}
