// Standard Markdown, as Slack's "markdown" block takes it (at most 12,000 characters).
// Raw HTML is text here. Nesting is followed six levels deep, then shown as written.

import { h } from './dom.js';
import { withEmoji } from './glyphs.js';
import { link, pre, safeURL } from './mrkdwn.js';

const MAX_DEPTH = 6;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** markdown renders a text to a fragment. */
export function markdown(text) {
  const out = document.createDocumentFragment();
  out.append(...blocks(String(text ?? '').replace(/\r\n?/g, '\n').slice(0, 12000).split('\n'), 0));
  return out;
}

function blocks(lines, depth) {
  const out = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i];
    const fence = /^ {0,3}(```+|~~~+)/.exec(line);
    const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    if (!line.trim()) {
      i += 1;
    } else if (fence) {
      let end = i + 1;
      while (end < lines.length && !lines[end].trimStart().startsWith(fence[1])) end += 1;
      const code = pre('');
      code.firstChild.textContent = lines.slice(i + 1, end).join('\n');
      out.push(code);
      i = end + 1;
    } else if (heading) {
      out.push(h('div', { class: `md-h md-h${Math.min(heading[1].length, 4)}`, role: 'heading', 'aria-level': heading[1].length + 2 }, spans(heading[2], 0)));
      i += 1;
    } else if (/^ {0,3}([-*_])( *\1){2,} *$/.test(line)) {
      out.push(h('hr'));
      i += 1;
    } else if (/^ {0,3}>/.test(line) && depth < MAX_DEPTH) {
      let end = i;
      while (end < lines.length && /^ {0,3}>/.test(lines[end])) end += 1;
      out.push(h('blockquote', null, blocks(lines.slice(i, end).map((l) => l.replace(/^ {0,3}> ?/, '')), depth + 1)));
      i = end;
    } else if (ITEM.test(line) && depth < MAX_DEPTH) {
      const [list, end] = listFrom(lines, i, depth);
      out.push(list);
      i = end;
    } else if (line.includes('|') && TABLE_RULE.test(lines[i + 1] || '') && (lines[i + 1] || '').includes('-')) {
      let end = i + 2;
      while (end < lines.length && lines[end].includes('|')) end += 1;
      out.push(table(lines[i], lines.slice(i + 2, end), lines[i + 1]));
      i = end;
    } else {
      let end = i + 1;
      while (end < lines.length && lines[end].trim() && !starts(lines[end], depth)) end += 1;
      out.push(h('p', null, spans(lines.slice(i, end).map((l) => l.trim()).join('\n'), 0)));
      i = end;
    }
  }
  return out;
}

function starts(line, depth) {
  return /^ {0,3}(```|~~~|#{1,6}\s)/.test(line) || (depth < MAX_DEPTH && (/^ {0,3}>/.test(line) || ITEM.test(line)));
}

function listFrom(lines, start, depth) {
  const [, pad, mark] = ITEM.exec(lines[start]);
  const ordered = /\d/.test(mark);
  const items = [];
  let i = start;
  while (i < lines.length) {
    const m = ITEM.exec(lines[i]);
    if (!m || m[1].length > pad.length + 1 || m[1].length < pad.length || /\d/.test(m[2]) !== ordered) break;
    const body = [m[3]];
    i += 1;
    while (i < lines.length) {
      const blank = !lines[i].trim();
      const inner = /^( *)/.exec(lines[i])[1].length > pad.length + 1;
      if (blank && !(lines[i + 1] || '').startsWith(' '.repeat(pad.length + 2))) break;
      if (!blank && !inner) break;
      body.push(lines[i].slice(Math.min(lines[i].length, pad.length + 2)));
      i += 1;
    }
    const task = /^\[([ xX])\]\s+/.exec(body[0]);
    if (task) body[0] = (task[1] === ' ' ? '☐ ' : '☑ ') + body[0].slice(task[0].length);
    const [first, ...rest] = body;
    items.push(h('li', null, spans(first, 0), rest.length ? blocks(rest, depth + 1) : null));
    while (i < lines.length && !lines[i].trim() && ITEM.test(lines[i + 1] || '')) i += 1;
  }
  const from = Number.parseInt(mark, 10);
  return [h(ordered ? 'ol' : 'ul', { class: 'list', start: ordered && from !== 1 ? from : undefined }, items), i];
}

function table(head, rows, rule) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((c) => c.trim().replace(/\\\|/g, '|'));
  const align = cells(rule).map((c) => (/^:-*:$/.test(c) ? 'center' : /-:$/.test(c) ? 'right' : 'left'));
  const row = (line, tag) => h('tr', null, cells(line).slice(0, 20).map((c, i) => h(tag, { class: `align-${align[i] || 'left'}` }, spans(c, 0))));
  return h('div', { class: 'table-scroll' }, h('table', { class: 'table' },
    h('thead', null, row(head, 'th')), h('tbody', null, rows.slice(0, 100).map((r) => row(r, 'td')))));
}

// The inline forms, tried in this order at each place where one may start.
const INLINE = [
  [/`([^`\n]+)`/y, (m) => h('code', { class: 'code' }, m[1])],
  [/!?\[([^\]\n]{0,500})\]\(\s*<?([^\s)>]{1,3000})>?(?:\s+"[^"\n]*")?\s*\)/y, (m, d) => {
    const href = safeURL(m[2]);
    return href ? link(href, h('span', null, spans(m[1] || m[2], d))) : null;
  }],
  [/<((?:https?:\/\/|mailto:)[^<>\s]{1,3000})>/y, (m) => (safeURL(m[1]) ? link(safeURL(m[1]), m[1].replace(/^mailto:/, '')) : null)],
  [/https?:\/\/[^\s<>"'`|)\]]*[^\s<>"'`|)\].,;:!?，。；：！？）]/y, (m) => (safeURL(m[0]) ? link(safeURL(m[0]), m[0]) : null)],
  [/\*\*(?=\S)([^\n]*?\S)\*\*/y, (m, d) => h('strong', null, spans(m[1], d))],
  [/__(?=\S)([^\n]*?\S)__(?![\p{L}\p{N}])/uy, (m, d) => h('strong', null, spans(m[1], d))],
  [/~~(?=\S)([^\n]*?\S)~~/y, (m, d) => h('s', null, spans(m[1], d))],
  [/\*(?![\s*])([^*\n]*[^\s*])\*(?!\*)/y, (m, d) => h('em', null, spans(m[1], d))],
  [/_(?![\s_])([^_\n]*[^\s_])_(?![\p{L}\p{N}_])/uy, (m, d) => h('em', null, spans(m[1], d))],
];

function spans(text, depth) {
  const out = [];
  let run = '';
  let i = 0;
  while (i < text.length) {
    const c = text[i];
    if (c === '\\' && /[\\`*_{}[\]()#+\-.!~|<>]/.test(text[i + 1] || '')) {
      run += text[i + 1];
      i += 2;
      continue;
    }
    const wordBefore = /[\p{L}\p{N}]/u.test(text[i - 1] || '');
    let hit = null;
    if (depth < MAX_DEPTH && '`![<h*_~'.includes(c) && !(wordBefore && (c === '_' || c === 'h'))) {
      for (const [pattern, make] of INLINE) {
        pattern.lastIndex = i;
        const m = pattern.exec(text);
        const node = m && make(m, depth + 1);
        if (node) {
          hit = [node, m[0].length];
          break;
        }
      }
    }
    if (!hit) {
      run += c;
      i += 1;
      continue;
    }
    if (run) out.push(...withEmoji(run));
    run = '';
    out.push(hit[0]);
    i += hit[1];
  }
  if (run) out.push(...withEmoji(run));
  return out;
}
