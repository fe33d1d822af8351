// Block Kit: every block type to DOM nodes. What a person enters is kept by the Surface.

import { h, uid } from './dom.js';
import { emojify } from './emoji.js';
import { t } from './texts.js';
import { element } from './elements.js';
import { withEmoji } from './glyphs.js';
import { markdown } from './markdown.js';
import { safeURL } from './mrkdwn.js';
import { richText } from './richtext.js';
import { textObject } from './text.js';

const DRAW = {
  section, header, divider, context, actions, image, input,
  rich_text: richText, markdown: (block) => h('div', { class: 'markdown' }, markdown(block.text)),
  table, context_actions: actions, video, file: fileBlock,
};

/**
 * renderBlocks draws blocks on a surface. forms is what a view adds: touched(block_id)
 * after a change, and submit() for Enter in a one-line field.
 */
export function renderBlocks(list, surface, forms = {}) {
  return (list || []).map((block, i) => {
    const known = block.block_id ? block : { ...block, block_id: `block-${i}` };
    const draw = DRAW[block.type];
    let body;
    try {
      body = draw ? draw(known, surface, forms) : unsupported(block.type);
    } catch {
      body = unsupported(block.type);
    }
    return h('div', { class: `block block-${draw ? block.type : 'unknown'}`, data: { blockId: known.block_id, testid: 'block' } }, body);
  });
}

const unsupported = (kind) => h('div', { class: 'unsupported' }, t('unsupported', { kind }));

const elementContext = (block, surface, forms, more) => ({
  surface, block, input: false, dispatches: true, touched: forms.touched && (() => forms.touched(block.block_id)), ...more,
});

function section(block, surface, forms) {
  const accessory = block.accessory && (block.accessory.type === 'image'
    ? picture(block.accessory, 'accessory-image') : element(block.accessory, elementContext(block, surface, forms)));
  return [
    h('div', { class: 'section-body' },
      block.text ? h('div', { class: 'text' }, textObject(block.text)) : null,
      block.fields ? h('div', { class: 'fields' }, block.fields.map((f) => h('div', { class: 'text' }, textObject(f)))) : null),
    accessory ? h('div', { class: 'accessory' }, accessory) : null,
  ];
}

function header(block) {
  return h('h3', { class: 'block-title' }, withEmoji((block.text || {}).text));
}

function divider() {
  return h('hr');
}

function context(block) {
  return (block.elements || []).map((el) => (el.type === 'image' ? picture(el, 'context-image')
    : h('div', { class: 'text' }, textObject(el))));
}

function actions(block, surface, forms) {
  return (block.elements || []).map((el) => element(el, elementContext(block, surface, forms)) || unsupported(el.type));
}

function image(block) {
  return h('figure', null, block.title ? h('figcaption', null, textObject(block.title)) : null, picture(block, 'block-picture'));
}

// Pictures come from this workspace only: an outside address would tell others who reads what.
function picture(el, name) {
  const url = String(el.image_url || (el.slack_file || {}).url || '');
  const alt = emojify(el.alt_text || '');
  let own = null;
  try {
    const at = new URL(url, window.location.href);
    if (at.origin === window.location.origin || /^data:image\/(png|jpeg|gif|webp);/.test(url)) own = at.href;
    else if (name !== 'block-picture') return h('span', { class: `${name} picture-away`, role: 'img', 'aria-label': alt, title: `${alt} (${at.host})` });
    else return h('a', { class: 'picture-note', href: safeURL(url) || undefined, target: '_blank', rel: 'noopener noreferrer' },
      h('strong', null, alt), h('span', null, t('outside_image', { host: at.host })));
  } catch {
    return h('span', { class: 'picture-note' }, alt);
  }
  return h('img', { class: name, src: own, alt, loading: 'lazy' });
}

// An input block: label, element, hint, and a place for its error.
function input(block, surface, forms) {
  const el = block.element || {};
  const ids = { field: uid('field'), label: uid('label'), hint: uid('hint'), error: uid('error') };
  const drawn = element(el, {
    surface, block, input: true, dispatches: block.dispatch_action === true, id: ids.field, labelledBy: ids.label,
    describedBy: `${ids.error}${block.hint ? ` ${ids.hint}` : ''}`,
    touched: forms.touched && (() => forms.touched(block.block_id)), submit: forms.submit,
  });
  const group = el.type === 'radio_buttons' || el.type === 'checkboxes';
  return [
    h(group ? 'div' : 'label', { class: 'label', id: ids.label, for: group ? undefined : ids.field },
      withEmoji((block.label || {}).text), block.optional ? h('span', { class: 'optional' }, ` (${t('optional')})`) : null),
    drawn || unsupported(el.type),
    h('div', { class: 'error', id: ids.error, role: 'alert', hidden: true, data: { errorFor: block.block_id } }),
    block.hint ? h('div', { class: 'hint', id: ids.hint }, withEmoji(block.hint.text)) : null,
  ];
}

function table(block) {
  const settings = block.column_settings || [];
  const [head = [], ...rows] = (block.rows || []).slice(0, 100);
  const cell = (tag) => (c, i) => h(tag, {
    class: `align-${(settings[i] || {}).align || 'left'}${(settings[i] || {}).is_wrapped ? ' wrap' : ''}`, scope: tag === 'th' ? 'col' : undefined,
  }, c && c.type === 'rich_text' ? richText(c) : withEmoji((c || {}).text));
  return h('div', { class: 'table-scroll', tabindex: '0' }, h('table', { class: 'table' },
    h('thead', null, h('tr', null, head.slice(0, 20).map(cell('th')))),
    h('tbody', null, rows.map((r) => h('tr', null, r.slice(0, 20).map(cell('td')))))));
}

function video(block) {
  const href = safeURL(block.title_url || block.video_url || '');
  const title = emojify((block.title || {}).text || block.alt_text);
  return h('div', { class: 'picture-note' }, href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, title) : title,
    block.description ? h('span', null, textObject(block.description)) : null);
}

function fileBlock(block) {
  return h('div', { class: 'picture-note' }, block.external_id || block.file_id || '');
}
