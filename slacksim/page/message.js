// One message: who, when, its blocks or text, attachments, files, reactions, thread
// mark, and what can be done with it.

import * as api from './api.js';
import { h, icon, iconButton } from './dom.js';
import { emit, hue, initials, isApp, nameOf, store } from './store.js';
import { emojify } from './emoji.js';
import { roleName, t } from './texts.js';
import { renderBlocks } from './blocks.js';
import { clock, full, ofTS } from './dates.js';
import { fileCards } from './files.js';
import { emoji } from './glyphs.js';
import { openMenu } from './menus.js';
import { mrkdwn, safeURL } from './mrkdwn.js';
import { Surface } from './values.js';

/** isEphemeral tells a message that only this person sees and that a reload forgets. */
export const isEphemeral = (m) => Boolean(m.is_ephemeral || m.ephemeral || m.subtype === 'ephemeral');

/** byApp tells the app's messages (and any other bot's) from people's. */
export const byApp = (m) => Boolean(m.bot_id || m.subtype === 'bot_message' || isApp(m.user));

/** avatar is a person's initials in their colour, or the app's seal. */
export function avatar(id, name, { app = false, small = false } = {}) {
  const size = small ? ' small' : '';
  if (app) return h('span', { class: `avatar app${size}`, 'aria-hidden': 'true' }, icon('seal', small ? 16 : 22));
  return h('span', { class: `avatar hue-${hue(id)}${size}`, 'aria-hidden': 'true' }, initials(name));
}

/**
 * drawMessage makes the element of one message. compact leaves out the author where the
 * one above wrote it too; before is the surface of the same message drawn earlier.
 */
export function drawMessage(message, { channel, compact, thread, before }) {
  const app = byApp(message);
  const author = message.username || message.user_name || nameOf(message.user || message.bot_id);
  const surface = new Surface({ type: 'message', channel, ts: message.ts, ...(isEphemeral(message) ? { is_ephemeral: true } : {}) }, before);
  const date = ofTS(message.ts);
  const time = h('time', { title: full(date), datetime: date.toISOString() }, clock(date));
  const el = h('article', {
    class: ['message', compact ? 'compact' : '', isEphemeral(message) ? 'ephemeral' : '', mentionsMe(message) ? 'mentions-me' : ''].filter(Boolean).join(' '),
    'aria-label': `${author}, ${clock(date)}`,
    data: { testid: 'message', ts: message.ts, channel, user: message.user || message.bot_id, ephemeral: isEphemeral(message) ? 'true' : undefined },
  },
  isEphemeral(message) ? h('div', { class: 'only-you' }, icon('eye', 14), t('only_you'), h('button', {
    type: 'button', class: 'link-button', on: { click: () => emit('dismiss', { channel, ts: message.ts }) },
  }, t('dismiss'))) : null,
  h('div', { class: 'gutter' }, compact ? time : avatar(message.user || message.bot_id, author, { app })),
  h('div', { class: 'message-body' },
    compact ? null : h('div', { class: 'byline' }, h('span', { class: 'author' }, author),
      app ? h('span', { class: 'badge' }, t('app')) : null, person(message), time),
    message.subtype === 'thread_broadcast' && !thread ? h('div', { class: 'broadcast' }, icon('reply', 14), t('replied_to')) : null,
    body(message, surface),
    (message.attachments || []).map((a) => attachment(a, surface)),
    message.files && message.files.length ? fileCards(message.files) : null,
    reactions(message, channel), thread ? null : replies(message, channel)),
  tools(message, channel, thread));
  return { el, surface };
}

function person(message) {
  const who = store.people.get(message.user);
  const role = who && (roleName(who.role) || who.title);
  return role ? h('span', { class: 'role' }, role) : null;
}

const mentionsMe = (m) => String(m.text || '').includes(`<@${store.person.id}>`) && m.user !== store.person.id;

function body(message, surface) {
  const edited = message.edited ? h('span', { class: 'edited' }, ` ${t('edited')}`) : null;
  if (message.blocks && message.blocks.length) {
    return h('div', { class: 'blocks' }, renderBlocks(message.blocks, surface), edited);
  }
  if (!message.text) return edited;
  const text = h('div', { class: 'text' }, mrkdwn(message.text));
  const last = text.lastElementChild;
  if (edited) (last && last.classList.contains('p') ? last : text).append(edited);
  return text;
}

// Slack's older attachments: a coloured bar with text, fields or blocks.
function attachment(a, surface) {
  const href = a.title_link ? safeURL(a.title_link) : '';
  const inside = h('div', { class: 'attachment' },
    a.blocks ? renderBlocks(a.blocks, surface) : [
      a.pretext ? h('div', { class: 'text' }, mrkdwn(a.pretext)) : null,
      a.title ? h('div', { class: 'attachment-title' }, href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, a.title) : a.title) : null,
      a.text ? h('div', { class: 'text' }, mrkdwn(a.text)) : null,
      a.fields ? h('div', { class: 'fields' }, a.fields.map((f) => h('div', { class: 'text' }, h('strong', null, f.title), h('div', null, mrkdwn(f.value))))) : null,
      a.footer ? h('div', { class: 'quiet' }, a.footer) : null,
      !a.text && !a.title && a.fallback ? h('div', { class: 'text' }, a.fallback) : null,
    ]);
  const colour = { good: '#2e7d4f', warning: '#b7791f', danger: '#b42318' }[a.color] || (/^#?[0-9a-f]{6}$/i.test(a.color || '') ? `#${a.color.replace('#', '')}` : '');
  if (colour) inside.style.setProperty('border-left-color', colour);
  return inside;
}

function reactions(message, channel) {
  if (!message.reactions || !message.reactions.length) return null;
  return h('div', { class: 'reactions' }, message.reactions.map((r) => h('button', {
    type: 'button', class: `reaction${(r.users || []).includes(store.person.id) ? ' mine' : ''}`, disabled: (r.users || []).includes(store.person.id),
    on: { click: () => api.react({ person: store.person.id, channel, ts: message.ts, name: r.name }).catch((error) => emit('trouble', error)) },
    title: `:${r.name}: ${(r.users || []).map(nameOf).join(', ')}`,
  }, emoji(r.name) || `:${r.name}:`, String(r.count || (r.users || []).length))));
}

function replies(message, channel) {
  if (!message.reply_count || message.subtype === 'thread_broadcast') return null;
  const n = message.reply_count;
  return h('button', {
    type: 'button', class: 'replies', data: { testid: 'replies', ts: message.ts },
    on: { click: () => emit('open-thread', { channel, ts: message.ts }) },
  }, (message.reply_users || []).slice(0, 3).map((id) => avatar(id, nameOf(id), { app: isApp(id), small: true })),
  n === 1 ? t('reply_one') : t('replies', { n }));
}

function tools(message, channel, thread) {
  if (isEphemeral(message)) return null;
  return h('div', { class: 'tools' },
    thread ? null : iconButton('reply', t('reply_in_thread'), () => openThread(message, channel), { data: { testid: 'reply' } }),
    iconButton('more', t('more_actions'), (event) => openMenu(event.currentTarget, actions(message, channel, thread), { end: true, testid: 'message-menu' }),
      { 'aria-haspopup': 'menu', data: { testid: 'message-more' } }));
}

const openThread = (message, channel) => emit('open-thread', { channel, ts: message.thread_ts || message.ts });

function actions(message, channel, thread) {
  const shortcuts = store.app.shortcuts.filter((s) => s.type === 'message').map((s) => ({
    label: emojify(s.name), description: s.description ? emojify(s.description) : store.app.name, icon: icon('bolt', 16), data: { callbackId: s.callback_id },
    onSelect: () => api.shortcut({ person: store.person.id, callback_id: s.callback_id, channel, ts: message.ts })
      .catch((error) => emit('trouble', error)),
  }));
  const copy = (text) => navigator.clipboard.writeText(text).then(() => emit('toast', { level: 'info', text: t('copied') }), () => {});
  const place = new URLSearchParams({ person: store.person.id, channel, ...(message.thread_ts ? { thread: message.thread_ts } : {}), ts: message.ts });
  return [
    ...shortcuts,
    ...(thread ? [] : [{ label: t('reply_in_thread'), icon: icon('reply', 16), onSelect: () => openThread(message, channel) }]), // the only way without a pointer that hovers
    { label: t('copy_text'), icon: icon('copy', 16), onSelect: () => copy(message.text || '') },
    { label: t('copy_link'), icon: icon('reply', 16), onSelect: () => copy(`${window.location.origin}/?${place}`) },
  ];
}

