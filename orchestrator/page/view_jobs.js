// The jobs, newest first: by kind, state, miner; an id goes to its job.

import { ask } from './api.js';
import { card, chip, empty, h, link, put, shortId, since, table } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';

const STATES = ['queued', 'assigned', 'running', 'done', 'failed', 'expired', 'cancelled'];

const attempts = (job) => h('span', { class: 'pills' }, job.attempts.slice(0, 4).map((a) =>
  h('span', { class: 'nowrap' }, chip(a.state, a.reason ? f.words(a.reason) : undefined), ' ', h('span', { class: 'quiet' }, `uid ${a.uid}`))),
job.attempts.length > 4 ? h('span', { class: 'quiet' }, `and ${job.attempts.length - 4}`) : null);

const columns = (all) => [
  { label: 'Job', cell: (j) => link(`#/jobs/${j.id}`, shortId(j.id), { class: 'mono', title: j.id }) },
  { label: 'State', cell: (j) => chip(j.state, j.reason ? f.words(j.reason) : undefined) },
  { label: 'Kind', cell: (j) => j.kind },
  { label: 'Accepted', wide: true, cell: (j) => since(j.created_at) },
  { label: 'Took', num: true, cell: (j) => f.ms(f.between(j.created_at, j.finished_at)) },
  { label: 'Miners', wide: true, cell: attempts },
  ...(all ? [{ label: 'Tenant', wide: true, cell: (j) => j.tenant || f.none }, { label: 'From', wide: true, cell: (j) => j.source ?? f.none }] : []),
];

// What was typed stays while the kinds come.
function filters(page) {
  const set = (name, value) => {
    const query = new URLSearchParams(page.query);
    query.delete('cursor');
    if (value) query.set(name, value); else query.delete(name);
    location.hash = `#/jobs?${query}`;
  };
  const choose = (name, label) => h('select', { 'aria-label': label, onchange: (e) => set(name, e.target.value) });
  const offer = (select, name, label, all) => {
    const chosen = page.query.get(name);
    put(select, h('option', { value: '' }, label), [...new Set([...all, chosen])].filter(Boolean).map((v) => h('option', { value: v, selected: chosen === v }, v)));
  };
  const kind = choose('kind', 'Any kind');
  const state = choose('state', 'Any state');
  offer(kind, 'kind', 'Any kind', []);
  offer(state, 'state', 'Any state', STATES);
  ask(page.reader.role === 'public' ? '/v1/page/now' : '/v1/kinds').then((b) => offer(kind, 'kind', 'Any kind', b.kinds.map((k) => k.name ?? k.kind))).catch(() => undefined);
  const search = h('input', { type: 'search', 'aria-label': 'Search by the id of a job, or the hotkey of a miner', placeholder: 'Id of a job, or hotkey of a miner', value: page.query.get('hotkey') ?? '' });
  const find = (event) => {
    event.preventDefault();
    const text = search.value.trim();
    if (f.isUuid(text)) location.hash = `#/jobs/${text}`;
    else if (text === '' || f.isHotkey(text)) set('hotkey', text);
    else page.toast('That is neither the id of a job nor a hotkey.');
  };
  return h('form', { class: 'filters', onsubmit: find, role: 'search' }, search, kind, state, h('button', { type: 'submit' }, 'Find'));
}

export function mount(place, page) {
  const place2 = h('div');
  const isFirst = !page.query.get('cursor');
  const path = () => `/v1/page/jobs?${page.query}`;
  place.append(h('div', { class: 'head' }, h('h1', null, 'Jobs')), filters(page), place2);

  // Behind that one; the newest without it.
  const others = (cursor, text) => {
    const query = new URLSearchParams(page.query);
    query.delete('cursor');
    if (cursor) query.set('cursor', cursor);
    return h('p', null, link(`#/jobs?${query}`, text));
  };
  const l = loader(place2, {
    load: (signal) => ask(path(), { signal }),
    isEmpty: (d) => d.jobs.length === 0 && !d.next,
    nothing: () => (page.query.size ? empty('No job is like that', 'Another kind, state or miner may have some.') : empty('There are no jobs yet', 'The first one shows here as it is accepted.')),
    draw: (d) => [card('Newest first', { note: d.jobs.length ? `${d.jobs.length} shown` : 'none among the last 10,000 looked at' }, table('Jobs', columns(d.jobs.some((j) => j.own)), d.jobs, { keyOf: (j) => j.id })),
      d.next ? others(d.next, 'Older jobs') : null, isFirst ? null : others('', 'Back to the newest')].filter(Boolean),
  });
  if (isFirst) page.on('now', l.refresh);
  page.on('away', l.refresh);
  return l.stop;
}
