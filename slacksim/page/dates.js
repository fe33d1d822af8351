// Times as people read them, in the language of the page and the browser's time zone.

import { spoken, t } from './texts.js';

function format(date, options) {
  return new Intl.DateTimeFormat(spoken() === 'en' ? 'en-GB' : spoken(), options).format(date);
}

/** ofTS turns Slack's "1700000000.000100" into a Date. */
export const ofTS = (ts) => new Date(Math.floor(Number(ts) * 1000));

/** clock is hours and minutes. */
export const clock = (date) => format(date, { hour: '2-digit', minute: '2-digit', hour12: false });

/** full is the whole moment, for tooltips. */
export const full = (date) => format(date, { dateStyle: 'full', timeStyle: 'medium' });

const dayNumber = (date) => Math.floor((date.getTime() - date.getTimezoneOffset() * 60000) / 86400000);

/** dayKey is the same for two moments of one day. */
export const dayKey = (date) => String(dayNumber(date));

/** dayName is Today, Yesterday, or the date. */
export function dayName(date) {
  const ago = dayNumber(new Date()) - dayNumber(date);
  if (ago === 0) return t('today');
  if (ago === 1) return t('yesterday');
  return format(date, { weekday: 'long', day: 'numeric', month: 'long', year: ago > 300 || ago < 0 ? 'numeric' : undefined });
}

function relative(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const f = new Intl.RelativeTimeFormat(spoken(), { numeric: 'auto' });
  for (const [unit, size] of [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (Math.abs(seconds) >= size) return f.format(Math.trunc(seconds / size), unit);
  }
  return f.format(seconds, 'second');
}

function pretty(date, otherwise) {
  const days = dayNumber(date) - dayNumber(new Date());
  if (Math.abs(days) > 1) return otherwise;
  return new Intl.RelativeTimeFormat(spoken(), { numeric: 'auto' }).format(days, 'day');
}

/** expand fills the {date…} tokens of Slack's <!date^unix^format|fallback>. */
export function expand(unix, pattern) {
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const long = format(date, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const short = format(date, { day: 'numeric', month: 'short', year: 'numeric' });
  const plain = format(date, { day: 'numeric', month: 'long', year: 'numeric' });
  const tokens = {
    date_num: `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`,
    date_slash: format(date, { day: '2-digit', month: '2-digit', year: 'numeric' }),
    date: plain, date_short: short, date_long: long,
    date_pretty: pretty(date, plain), date_short_pretty: pretty(date, short), date_long_pretty: pretty(date, long),
    day_divider_pretty: dayName(date), date_long_full: long,
    time: clock(date), time_secs: format(date, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
    ago: relative(date),
  };
  return String(pattern || '').replace(/\{(\w+)\}/g, (whole, name) => tokens[name] ?? whole);
}
