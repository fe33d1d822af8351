// Text objects: {type: plain_text | mrkdwn, text}.

import { h } from './dom.js';
import { withEmoji } from './glyphs.js';
import { mrkdwn } from './mrkdwn.js';

/** textObject renders either kind; plain text knows emoji names and nothing else. */
export function textObject(object) {
  if (!object) return '';
  if (typeof object === 'string') return h('span', { class: 'plain' }, withEmoji(object));
  const text = String(object.text ?? '');
  if (object.type === 'mrkdwn') return mrkdwn(text, { verbatim: object.verbatim === true });
  return h('span', { class: 'plain' }, object.emoji === false ? text : withEmoji(text));
}
