// rich_text blocks: Slack's tree of sections, lists, quotes and code to DOM nodes.

import { h } from './dom.js';
import { expand } from './dates.js';
import { emoji, withEmoji } from './glyphs.js';
import { channelMention, link, safeURL, userMention } from './mrkdwn.js';

/** richText renders the elements of a rich_text block. */
export function richText(block) {
  return h('div', { class: 'rich' }, (block.elements || []).map(part));
}

function part(el) {
  switch (el.type) {
    case 'rich_text_section':
      return h('div', { class: 'p' }, inlines(el));
    case 'rich_text_preformatted':
      return h('pre', { class: 'code', tabindex: '0' }, h('code', null, inlines(el)));
    case 'rich_text_quote':
      return h('blockquote', null, h('div', { class: 'p' }, inlines(el)));
    case 'rich_text_list': {
      const indent = Math.min(8, Number(el.indent) || 0);
      const first = Number(el.offset) ? Number(el.offset) + 1 : undefined;
      return h(el.style === 'ordered' ? 'ol' : 'ul', { class: `list indent-${indent}`, start: first },
        (el.elements || []).map((item) => h('li', null, inlines(item))));
    }
    default:
      return h('div', { class: 'p' }, inlines(el));
  }
}

function inlines(el) {
  return (el.elements || []).map((leaf) => styled(inline(leaf), leaf.style));
}

function inline(leaf) {
  switch (leaf.type) {
    case 'text': return withEmoji(String(leaf.text ?? ''));
    case 'link': {
      const href = safeURL(String(leaf.url ?? ''));
      return href ? link(href, leaf.text || leaf.url) : String(leaf.text || leaf.url || '');
    }
    case 'user': return userMention(String(leaf.user_id ?? ''));
    case 'channel': return channelMention(String(leaf.channel_id ?? ''));
    case 'usergroup': return h('span', { class: 'mention' }, `@${leaf.usergroup_id}`);
    case 'broadcast': return h('span', { class: 'mention mention-all' }, `@${leaf.range}`);
    case 'emoji': return emoji(String(leaf.name)) || emoji(String(leaf.name), fromHex(leaf.unicode)) || `:${leaf.name}:`;
    case 'date': return h('time', null, expand(leaf.timestamp, leaf.format) ?? leaf.fallback ?? '');
    case 'color': return h('code', { class: 'code' }, String(leaf.value ?? ''));
    default: return String(leaf.text ?? '');
  }
}

function fromHex(unicode) {
  const points = String(unicode || '').split('-').map((p) => Number.parseInt(p, 16));
  return points.every((p) => p > 0 && p <= 0x10ffff) ? String.fromCodePoint(...points) : '';
}

function styled(node, style) {
  if (!style) return node;
  let out = node;
  if (style.code) out = h('code', { class: 'code' }, out);
  if (style.underline) out = h('u', null, out);
  if (style.strike) out = h('s', null, out);
  if (style.italic) out = h('em', null, out);
  if (style.bold) out = h('strong', null, out);
  return out;
}
