// The page: where we are (the address behind #), what stands around the views, and the keys of the keyboard.

import { ask, kept, key } from './api.js';
import { h, put, skeleton } from './dom.js';
import { ago, isUuid } from './format.js';
import { Live } from './live.js';
import { problem } from './load.js';
import * as engagement from './view_engagement.js';
import * as failures from './view_failures.js';
import * as job from './view_job.js';
import * as jobs from './view_jobs.js';
import * as miner from './view_miner.js';
import * as miners from './view_miners.js';
import * as now from './view_now.js';
import * as weights from './view_weights.js';

const VIEWS = [
  { path: '', name: 'Now', key: 'n', view: now },
  { path: 'jobs', name: 'Jobs', key: 'j', view: jobs, one: job },
  { path: 'miners', name: 'Miners', key: 'm', view: miners, one: miner },
  { path: 'weights', name: 'Weights', key: 'w', view: weights },
  { path: 'engagement', name: 'Posts', key: 'e', view: engagement },
  { path: 'failures', name: 'Failures', key: 'f', view: failures },
];

const $ = (id) => document.getElementById(id);
const live = new Live();
const NOBODY = { role: 'public', acts: false };
let reader = NOBODY;
let isKnown = false; // who reads
let shown;

// -- around the views ---------------------------------------------------------

function toast(text) {
  const el = h('p', { class: 'toast' }, text);
  $('toasts').append(el);
  setTimeout(() => el.remove(), 6000);
}

function dialog(title, ...kids) {
  const close = h('button', { type: 'button', onclick: () => $('dialog').close() }, 'Close');
  put($('dialog'), h('div', { class: 'stack' }, h('h2', { id: 'dialog-title' }, title), ...kids, h('div', { class: 'row' }, close)));
  $('dialog').showModal();
}

// Asks before something is done that cannot be undone; true: yes.
function confirm(title, text, yes) {
  return new Promise((resolve) => {
    const end = (is) => { resolve(is); $('dialog').close(); };
    put($('dialog'), h('div', { class: 'stack' }, h('h2', { id: 'dialog-title' }, title), h('p', null, text), h('div', { class: 'row' },
      h('button', { type: 'button', onclick: () => end(false) }, 'No'),
      h('button', { type: 'button', class: 'primary', onclick: () => end(true) }, yes))));
    $('dialog').addEventListener('close', () => resolve(false), { once: true });
    $('dialog').showModal();
  });
}

function askForKey() {
  const input = h('input', { type: 'password', id: 'key-input', autocomplete: 'off', spellcheck: 'false', placeholder: 'snk_…', value: key.get() });
  const why = h('p', { class: 'bad', role: 'alert' });
  const take = async (event) => {
    event.preventDefault();
    const before = key.get();
    const given = input.value.trim();
    key.set(given);
    try {
      await whoReads();
      $('dialog').close();
      go();
      live.again();
    } catch (error) {
      key.set(before);
      why.textContent = error.message;
    }
  };
  const forget = () => { input.value = ''; };
  put($('dialog'), h('form', { onsubmit: take }, h('h2', { id: 'dialog-title' }, 'API key'),
    h('p', { class: 'quiet' }, 'With a key of role validator, operator or admin tenants, sources and plans are shown; operator and admin may act. It is kept for this tab alone.'),
    h('label', { for: 'key-input' }, 'Key'), input, why, h('div', { class: 'row' },
      h('button', { type: 'submit', class: 'plain', onclick: forget }, 'Forget it'),
      h('button', { type: 'button', onclick: () => $('dialog').close() }, 'Cancel'),
      h('button', { type: 'submit', class: 'primary' }, 'Use it'))));
  $('dialog').showModal();
  input.focus();
}

function showKeys() {
  const rows = [...VIEWS.map((v) => [`g ${v.key}`, v.name]), ['j k', 'next and previous row'], ['Enter', 'open it'], ['u', 'up, out of one job or miner'],
    ['/', 'search'], ['t', 'light, dark, as the system has it'], ['?', 'this']];
  dialog('Keyboard', h('dl', null, rows.map(([keys, what]) => [h('dt', null, keys.split(' ').map((k) => h('kbd', null, k))), h('dd', null, what)])));
}

const THEMES = { system: 'light', light: 'dark', dark: 'system' };
const local = kept('localStorage');
const themeKept = () => (local.get('subnetd.theme') in THEMES ? local.get('subnetd.theme') : 'system');

function setTheme(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  local.set('subnetd.theme', theme);
  $('theme-button').textContent = { system: 'Theme', light: 'Light', dark: 'Dark' }[theme];
  $('theme-button').setAttribute('aria-label', `Theme: ${theme}`);
  document.querySelectorAll('.chart').forEach((c) => c.redraw());
}

const nextTheme = () => setTheme(THEMES[themeKept()]);

// Fails if there is a key, and whose it is cannot be told.
async function whoReads() {
  try {
    reader = await ask('/v1/page/reader');
    isKnown = true;
  } catch (error) {
    if (key.get()) throw error;
    reader = NOBODY;
  }
  $('netuid').textContent = reader.netuid === undefined ? '' : `netuid ${reader.netuid}`;
  $('key-button').textContent = reader.role === 'public' ? 'Key' : reader.role;
  $('key-button').setAttribute('aria-label', reader.role === 'public' ? 'Give an API key' : `API key of role ${reader.role}`);
}

function showLive({ state, why }) {
  const text = { live: 'live', connecting: 'connecting', paused: 'paused', lost: why?.status ? `no stream: ${why.status}` : 'reconnecting' }[state];
  $('live').className = `live ${state === 'live' ? 'on' : state === 'lost' ? 'off' : ''}`;
  $('live-text').textContent = text;
  if (state === 'live' && !isKnown) whoReads().then(go).catch(() => undefined);
}

// -- where we are -------------------------------------------------------------

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % of its own
  }
}

function place() {
  const [path, query] = location.hash.slice(2).split('?');
  const [name, rest] = path.split('/');
  const view = VIEWS.find((v) => v.path === name) ?? VIEWS[0];
  return { entry: view, one: rest ? decoded(rest) : undefined, query: new URLSearchParams(query ?? '') };
}

function drawNav(current) {
  put($('nav'), VIEWS.map((v) => h('a', { href: `#/${v.path}`, 'data-key': v.name, 'aria-current': v === current ? 'page' : undefined }, v.name, h('kbd', { 'aria-hidden': 'true' }, `g ${v.key}`))));
}

function go() {
  const { entry, one, query } = place();
  const view = one && entry.one ? entry.one : entry.view;
  shown?.stop?.();
  live.watch(view === job && isUuid(one) ? one : '');
  drawNav(entry);
  put($('view'));
  const aborter = new AbortController();
  const context = {
    reader, toast, confirm, one, query, up: () => { location.hash = `#/${entry.path}`; },
    // Until another view is shown.
    on: (event, f) => live.addEventListener(event, (e) => f(e.detail), { signal: aborter.signal }),
    title: (text) => { document.title = `${text} · subnetd`; },
  };
  context.title(entry.name);
  try {
    const stop = view.mount($('view'), context);
    shown = { stop: () => { aborter.abort(); stop?.(); }, context };
  } catch (error) {
    console.error(error);
    put($('view'), problem(error, go));
  }
}

// -- the keyboard -------------------------------------------------------------

let isGoing = false;

function step(by) {
  const links = [...$('view').querySelectorAll('tbody tr a[data-key]')].filter((a, i, all) => all.findIndex((b) => b.closest('tr') === a.closest('tr')) === i);
  const at = links.findIndex((a) => a.closest('tr').contains(document.activeElement));
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $('dialog').open) return;
  if (event.target.matches('input, select, textarea')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (isGoing) {
    isGoing = false;
    const view = VIEWS.find((v) => v.key === event.key);
    if (view) location.hash = `#/${view.path}`;
    return;
  }
  const does = {
    g: () => { isGoing = true; setTimeout(() => { isGoing = false; }, 1500); },
    j: () => step(1), k: () => step(-1), t: nextTheme, '?': showKeys, u: () => shown?.context.up(),
    '/': () => $('view').querySelector('input[type=search]')?.focus(),
  }[event.key];
  if (does) { event.preventDefault(); does(); }
}

// -- the beginning ------------------------------------------------------------

setTheme(themeKept());
$('key-button').addEventListener('click', askForKey);
$('theme-button').addEventListener('click', nextTheme);
$('help-button').addEventListener('click', showKeys);
// Its address is none of ours.
document.querySelector('.skip').addEventListener('click', (event) => { event.preventDefault(); $('view').focus(); });
addEventListener('hashchange', () => { go(); $('view').focus({ preventScroll: true }); scrollTo(0, 0); });
addEventListener('keydown', onKey);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => document.querySelectorAll('.chart').forEach((c) => c.redraw()));
live.addEventListener('state', (e) => showLive(e.detail));
setInterval(() => document.querySelectorAll('time[data-ago]').forEach((t) => { t.textContent = ago(t.dateTime); }), 5000);
live.start();
drawNav(place().entry);
put($('view'), skeleton());
await whoReads().catch(() => undefined);
go();
