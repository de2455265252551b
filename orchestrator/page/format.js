// Numbers, times and names as people read them. Pure.

export const none = '–';
const isNumber = (x) => typeof x === 'number' && Number.isFinite(x);

export const count = (n) => (isNumber(n) ? n.toLocaleString('en', { maximumFractionDigits: 0 }) : none);

export function short(n) {
  if (!isNumber(n)) return none;
  if (Math.abs(n) < 10000) return count(n);
  return n.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
}

export function decimal(x, digits = 3) {
  return isNumber(x) ? x.toFixed(digits) : none;
}

export function percent(x, digits = 1) {
  if (!isNumber(x)) return none;
  return `${(100 * x).toFixed(digits)} %`;
}

export function rate(x) {
  if (!isNumber(x)) return none;
  return `${x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0)}/s`;
}

export function ms(x) {
  if (!isNumber(x)) return none;
  if (x < 1000) return `${x < 10 ? x.toFixed(1) : Math.round(x)} ms`;
  return seconds(x / 1000);
}

export function seconds(x) {
  if (!isNumber(x)) return none;
  if (x < 60) return `${x.toFixed(x < 10 ? 1 : 0)} s`;
  if (x < 3600) return `${Math.floor(x / 60)} min ${Math.floor(x % 60)} s`;
  if (x < 86400) return `${Math.floor(x / 3600)} h ${Math.floor((x % 3600) / 60)} min`;
  return `${Math.floor(x / 86400)} d ${Math.floor((x % 86400) / 3600)} h`;
}

export function between(from, to) {
  return from && to ? Date.parse(to) - Date.parse(from) : undefined;
}

export function ago(at, now = Date.now()) {
  if (!at) return none;
  const s = (now - Date.parse(at)) / 1000;
  if (s < -1) return `in ${seconds(-s)}`;
  if (s < 5) return 'now';
  if (s < 60) return `${Math.round(s)} s ago`;
  if (s < 3600) return `${Math.round(s / 60)} min ago`;
  if (s < 86400) return `${Math.round(s / 3600)} h ago`;
  return `${Math.round(s / 86400)} d ago`;
}

export function when(at) {
  return at ? `${at.slice(0, 10)} ${at.slice(11, 19)} UTC` : none;
}

// Times of PostgreSQL have the session's offset.
export const utc = (at) => (at ? new Date(at).toISOString() : undefined);

export const hotkey = (key) => (key && key.length > 14 ? `${key.slice(0, 6)}…${key.slice(-5)}` : key ?? none);
export const hash = (text) => (text && text.length > 16 ? `${text.slice(0, 10)}…${text.slice(-4)}` : text ?? none);
export const id = (uuid) => (uuid ? `${uuid.slice(0, 8)}…${uuid.slice(-6)}` : none);
export const words = (text) => String(text ?? none).replaceAll('_', ' ');

export const isUuid = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
export const isHotkey = (text) => /^[1-9A-HJ-NP-Za-km-z]{46,50}$/.test(text);
