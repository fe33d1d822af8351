// The thread pane beside a conversation.

import { fill, h, iconButton } from './dom.js';
import { emit, store, titleOf } from './store.js';
import { t } from './texts.js';
import * as agent from './agent.js';
import { composer } from './composer.js';
import * as feed from './feed.js';
import { List } from './messages.js';

export const el = h('aside', { class: 'thread', hidden: true, data: { testid: 'thread' } });
let list = null;
let box = null;
let opener = null;

/** open shows a thread of the channel now open. */
export function open(channel, ts, { focus = true } = {}) {
  store.thread = ts;
  opener = document.activeElement;
  list = new List({ thread: true });
  box = composer({ channel, thread: ts, placeholder: t('reply_hint'), drop: el });
  const name = store.channels.get(channel);
  el.setAttribute('aria-label', t('thread'));
  el.dataset.ts = ts;
  fill(el, h('header', { class: 'pane-head' }, h('div', { class: 'pane-title' }, h('h2', null, t('thread')),
    h('span', { class: 'quiet' }, name && name.kind !== 'im' ? `#${name.name}` : titleOf(name))),
  iconButton('close', t('close'), () => emit('close-thread'), { data: { testid: 'thread-close' } })), list.el, agent.bar(channel, ts), box.el);
  el.hidden = false;
  document.body.classList.add('thread-open');
  draw();
  if (focus) box.focus();
  return feed.readThread(channel, ts);
}

/** close hides the pane and gives the focus back. */
export function close() {
  if (el.hidden) return;
  store.thread = '';
  el.hidden = true;
  fill(el);
  list = null;
  document.body.classList.remove('thread-open');
  if (opener && opener.isConnected) opener.focus();
}

/** draw shows what is known of the open thread. */
export function draw() {
  if (list && store.thread) list.show(`${store.channel} ${store.thread}`, store.channel, feed.threadOf(store.channel, store.thread));
}

/** reveal scrolls to one reply. */
export const reveal = (ts) => list && list.reveal(ts);

el.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !event.defaultPrevented) emit('close-thread'); });
