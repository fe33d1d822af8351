// Slack's message markup (mrkdwn) to DOM nodes. The text is hostile until shown: it is
// cut into runs here and put into text nodes; only http, https, mailto and tel become links.

import { h } from './dom.js';
import { emit, isApp, nameOf, store } from './store.js';
import { expand, full } from './dates.js';
import { withEmoji } from './glyphs.js';

const STYLES = { '*': 'strong', _: 'em', '~': 's' };
const WORD = /[\p{L}\p{N}]/u;
const BARE_URL = /https?:\/\/[^\s<>"'`|]*[^\s<>"'`|.,;:!?()[\]{}，。；：！？（）【】「」]/g;
const LIST_LINE = /^( *)([•◦▪‣–-]|\d{1,3}[.)])[ \t]+(.*)$/;

/** decode turns Slack's three entities back into characters, once. */
export const decode = (text) => text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>' })[name]);

/** mrkdwn renders marked-up text. */
export function mrkdwn(source, { verbatim = false } = {}) {
  const out = document.createDocumentFragment();
  const parts = String(source ?? '').split('```');
  let run = '';
  parts.forEach((part, i) => {
    const closed = i % 2 === 1 && i < parts.length - 1;
    if (!closed) {
      run += i % 2 === 1 ? '```' + part : part;
      return;
    }
    lines(out, run.replace(/\n$/, ''), verbatim);
    out.append(pre(part.replace(/^\n/, '').replace(/\n$/, '')));
    run = (parts[i + 1] || '').replace(/^\n/, '');
    parts[i + 1] = '';
  });
  lines(out, run, verbatim);
  return out;
}

/** pre is a code block; links inside show their address as text. */
export function pre(text) {
  return h('pre', { class: 'code', tabindex: '0' }, h('code', null, flat(text)));
}

// Control sequences inside code are text: <url|label> shows its label, mentions their names.
function flat(text) {
  return decode(text.replace(/<([^<>\n]{1,3000})>/g, (whole, body) => {
    const node = control(body, true);
    return node ? node.textContent.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]) : whole;
  }));
}

// Lines become paragraphs, quotes and hanging list items.
function lines(out, text, verbatim) {
  if (text === '') return;
  let paragraph = [];
  let quote = [];
  const flush = () => {
    if (paragraph.length) out.append(h('div', { class: 'p' }, inlines(paragraph.join('\n'), verbatim)));
    if (quote.length) {
      const box = h('blockquote');
      lines(box, quote.join('\n'), verbatim);
      out.append(box);
    }
    paragraph = [];
    quote = [];
  };
  const all = text.split('\n');
  for (let i = 0; i < all.length; i += 1) {
    const line = all[i];
    const rest = /^(?:&gt;|>){3}(.*)$/.exec(line);
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const item = LIST_LINE.exec(line);
    if (rest) {
      flush();
      const box = h('blockquote');
      lines(box, [rest[1].trimStart(), ...all.slice(i + 1)].join('\n').replace(/^(?:&gt;|>)+/gm, ''), verbatim);
      out.append(box);
      return;
    }
    if (quoted) {
      if (paragraph.length) flush();
      quote.push(quoted[1].replace(/^(?:&gt;|>)+ ?/, ''));
    } else if (item) {
      flush();
      const depth = Math.min(4, Math.floor(item[1].length / 2));
      out.append(h('div', { class: `li li-${depth}` }, h('span', { class: 'li-mark' }, `${item[2]} `),
        h('span', { class: 'li-body' }, inlines(item[3], verbatim))));
    } else {
      if (quote.length) flush();
      paragraph.push(line);
    }
  }
  flush();
}

// Each line is scanned once a style; a closing mark that was not found is not looked for again.
function inlines(text, verbatim) {
  return text.split('\n').flatMap((line, i) => [...(i ? ['\n'] : []), ...scan(line, '', verbatim)]);
}

function scan(line, inside, verbatim) {
  const nodes = [];
  const missing = {};
  let run = '';
  const flush = () => {
    if (run) nodes.push(...plainRun(decode(run), verbatim));
    run = '';
  };
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i];
    if (c === '<' && !missing[c]) {
      const end = line.indexOf('>', i);
      if (end < 0) missing[c] = true;
      const node = end > i + 1 ? control(line.slice(i + 1, end), false) : null;
      if (node) {
        flush();
        nodes.push(node);
        i = end;
        continue;
      }
    } else if (c === '`' && !missing[c]) {
      const end = line.indexOf('`', i + 1);
      if (end > i + 1) {
        flush();
        nodes.push(h('code', { class: 'code' }, flat(line.slice(i + 1, end))));
        i = end;
        continue;
      }
      if (end < 0) missing[c] = true;
    } else if (STYLES[c] && !missing[c] && !inside.includes(c) && opens(line, i)) {
      const end = closing(line, i);
      if (end > 0) {
        flush();
        nodes.push(h(STYLES[c], null, scan(line.slice(i + 1, end), inside + c, verbatim)));
        i = end;
        continue;
      }
      missing[c] = true;
    }
    run += c;
  }
  flush();
  return nodes;
}

function opens(line, i) {
  const before = line[i - 1];
  const after = line[i + 1];
  return !(before && WORD.test(before)) && before !== line[i] && Boolean(after) && !/\s/.test(after) && after !== line[i];
}

function closing(line, start) {
  const mark = line[start];
  const open = { '`': '`', '<': '>' };
  for (let i = start + 1; i < line.length; i += 1) {
    if (open[line[i]]) {
      const end = line.indexOf(open[line[i]], i + 1);
      if (end > 0) i = end;
      else delete open[line[i]];
    } else if (line[i] === mark && !/\s/.test(line[i - 1]) && !(line[i + 1] && WORD.test(line[i + 1])) && i > start + 1) {
      return i;
    }
  }
  return -1;
}

// What stands between < and >: a mention, a date, a link; null when it is none of these.
function control(body, quiet) {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? '' : decode(body.slice(bar + 1));
  if (/^@[A-Z0-9]+$/i.test(target)) return userMention(target.slice(1), label);
  if (/^#[A-Z0-9]+$/i.test(target)) return channelMention(target.slice(1), label);
  if (target.startsWith('!')) return special(target.slice(1), label);
  const href = safeURL(decode(target));
  if (!href) return null;
  const shown = label || decode(target).replace(/^mailto:/, '');
  return quiet ? h('span', null, shown) : link(href, shown);
}

function special(name, label) {
  if (name === 'here' || name === 'channel' || name === 'everyone') return h('span', { class: 'mention mention-all' }, `@${name}`);
  if (name.startsWith('subteam^')) return h('span', { class: 'mention' }, label || `@${store.groups.get(name.slice(8)) || name.slice(8)}`);
  if (name.startsWith('date^')) {
    const [, unix, pattern, href] = name.split('^');
    const shown = expand(unix, decode(pattern || '')) ?? label;
    const url = href && safeURL(decode(href));
    const date = new Date(Number(unix) * 1000);
    const title = Number.isNaN(date.getTime()) ? undefined : full(date);
    return url ? link(url, shown) : h('time', { title }, shown || label);
  }
  return h('span', { class: 'mention' }, label || `@${name.split('^')[0]}`);
}

/** userMention shows a person or the app; clicking a person is not offered. */
export function userMention(id, label = '') {
  const known = store.people.has(id) || isApp(id);
  const name = known ? nameOf(id) : (label || id).replace(/^@/, '');
  return h('span', { class: `mention${id === store.person.id ? ' mention-me' : ''}`, data: { user: id } }, `@${name}`);
}

/** channelMention opens the channel when this person is in it. */
export function channelMention(id, label = '') {
  const channel = store.channels.get(id);
  const name = `#${channel ? channel.name : label || id}`;
  if (!channel) return h('span', { class: 'mention' }, name);
  return h('button', { type: 'button', class: 'mention', on: { click: () => emit('open-channel', { id }) } }, name);
}

// Runs of text: bare addresses become links, emoji names their character.
function plainRun(text, verbatim) {
  if (verbatim) return withEmoji(text);
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(BARE_URL)) {
    const href = safeURL(match[0]);
    if (!href) continue;
    nodes.push(...withEmoji(text.slice(at, match.index)), link(href, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(...withEmoji(text.slice(at)));
  return nodes;
}

/** safeURL is the address when its scheme may be opened, else ''. */
export function safeURL(text) {
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(text)) return '';
  try {
    return new URL(text).href;
  } catch {
    return '';
  }
}

/** link opens in a new tab, and tells the other side nothing of this page. */
export function link(href, label) {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer', title: href }, label);
}
