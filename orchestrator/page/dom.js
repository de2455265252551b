// Elements, and the few pieces that every view is made of. Text is always text: nothing here takes HTML.

import { ago, utc, when } from './format.js';

export function h(tag, props, ...kids) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'vars') for (const [k, v] of Object.entries(value)) el.style.setProperty(k, v);
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return el;
}

export function s(tag, props, ...kids) {
  const el = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(props ?? {})) if (value !== null && value !== undefined) el.setAttribute(name, value);
  el.append(...kids.flat());
  return el;
}

// Puts other content into a place. What is there again, by its data-key or label, is as it was: focused, open, scrolled.
export function put(place, ...kids) {
  const held = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const open = [...place.querySelectorAll('details[open]')].map((d) => d.dataset.key);
  const scrolled = new Map([...place.querySelectorAll('.scroll')].map((el) => [el.getAttribute('aria-label'), el.scrollLeft]));
  place.replaceChildren(...kids.flat(Infinity).filter(Boolean));
  for (const el of place.querySelectorAll('details')) el.open = open.includes(el.dataset.key);
  for (const el of place.querySelectorAll('.scroll')) el.scrollLeft = scrolled.get(el.getAttribute('aria-label')) ?? 0;
  if (held !== undefined) place.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

// How long ago that was; main.js keeps it true.
export const since = (at) => (at ? h('time', { datetime: utc(at), title: when(utc(at)), 'data-ago': true }, ago(at)) : '–');

export const hidden = (text) => h('span', { class: 'sr' }, text);

export function card(title, { note, tools, level = 2 } = {}, ...kids) {
  const head = h('div', { class: 'card-head' }, h(`h${level}`, null, title), note ? h('p', { class: 'quiet' }, note) : null, tools ?? null);
  return h('section', { class: 'card' }, head, ...kids);
}

export const tile = (label, value, note, tone) =>
  h('div', { class: `tile${tone ? ` ${tone}` : ''}` }, h('dt', null, label), h('dd', { class: 'big' }, value), h('dd', { class: 'quiet' }, note ?? ''));

export const tiles = (...all) => h('dl', { class: 'tiles' }, all);

// Pairs of a name and what it is, and whether that takes a whole line; those without are left out.
export const facts = (...pairs) =>
  h('dl', { class: 'facts' }, pairs.filter(([, v]) => v !== null && v !== undefined && v !== '').map(([k, v, isWhole]) => h('div', { class: isWhole ? 'whole' : null }, h('dt', null, k), h('dd', null, v))));

const TONES = {
  done: 'good', delivered: 'good', proven: 'good', up: 'good', read: 'good', held: 'good',
  queued: 'idle', prepared: 'idle', intended: 'idle', cancelled: 'idle', unasked: 'idle', new: 'idle', unlisted: 'idle', abandoned: 'idle',
  assigned: 'busy', running: 'busy', sent: 'busy', accepted: 'busy', received: 'busy', submitted: 'busy', included: 'busy', finalized: 'busy', committed: 'busy',
  out: 'warn', late: 'warn', unknown: 'warn', unavailable: 'warn', expired: 'warn', timed_out: 'bad',
  failed: 'bad', refused: 'bad', banned: 'bad', down: 'bad', gone: 'bad',
};

// A state: its word, with a sign and a colour that go by what it means.
export const chip = (state, title) =>
  h('span', { class: `chip ${TONES[state] ?? 'warn'}`, title }, h('span', { class: 'dot', 'aria-hidden': 'true' }), String(state).replaceAll('_', ' '));

// columns: { label, cell(row), num?, wide?, act?, title?, sort? }; wide ones go where there is no room, and one to act by stays in sight.
export function table(caption, columns, rows, { sorted, onsort, keyOf } = {}) {
  const classes = (c) => [c.num && 'num', c.wide && 'wide', c.act && 'act'].filter(Boolean).join(' ') || null;
  const heading = (c) => {
    const by = sorted?.by === c.label ? (sorted.down ? 'descending' : 'ascending') : undefined;
    const label = c.sort ? h('button', { type: 'button', class: 'sort', 'data-key': `sort ${c.label}`, onclick: () => onsort(c.label) }, c.label, h('span', { 'aria-hidden': 'true' }, by ? (sorted.down ? ' ↓' : ' ↑') : '')) : c.label;
    return h('th', { scope: 'col', class: classes(c), title: c.title, 'aria-sort': by }, label);
  };
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, h('table', null,
    h('caption', { class: 'sr' }, caption),
    h('thead', null, h('tr', null, columns.map(heading))),
    h('tbody', null, rows.map((row) => h('tr', { 'data-row': keyOf?.(row) }, columns.map((c) => h('td', { class: classes(c) }, c.cell(row))))))));
}

// The end of a UUIDv7 tells jobs apart, its beginning says when.
export const shortId = (id) => [h('span', { class: 'wide' }, id.slice(0, 8)), `…${id.slice(-6)}`];

export const link = (href, text, props) => h('a', { href, 'data-key': href, ...props }, text);

export const empty = (title, text, ...more) => h('div', { class: 'state empty' }, h('p', { class: 'state-title' }, title), h('p', { class: 'quiet' }, text), ...more);

export const skeleton = () => h('div', { class: 'state loading', role: 'status' }, hidden('Loading'), ...[60, 92, 84, 70].map((w) => h('span', { class: 'bone', 'aria-hidden': 'true', vars: { '--w': `${w}%` } })));

export const json = (value) => h('pre', { class: 'json', tabindex: '0' }, JSON.stringify(value, null, 2));

// A horizontal bar from 0 to 1, with another value as a tick.
export const meter = (value, { tick, tone } = {}) =>
  h('span', { class: `meter ${tone ?? ''}`, 'aria-hidden': 'true', vars: { '--v': `${100 * Math.max(0, Math.min(1, value ?? 0))}%`, '--t': `${100 * Math.max(0, Math.min(1, tick ?? 0))}%` } }, h('span', { class: 'fill' }), tick === undefined || tick === null ? null : h('span', { class: 'tick' }));
