// What the app says beside messages: what it can be asked, and what it is doing.

import * as api from './api.js';
import { fill, h } from './dom.js';
import { emit, store } from './store.js';

const known = new Map(); // "channel thread" -> {status, title, prompts}
const bars = new Map(); // the same -> its element

const key = (channel, thread) => `${channel} ${thread || ''}`;

/** forget drops what another person was shown. */
export function forget() {
  known.clear();
  bars.clear();
}

/** bar is the line above the composer of a conversation, or of a thread of it. */
export function bar(channel, thread = '') {
  const el = h('div', { class: 'agent', data: { testid: 'agent' } });
  bars.set(key(channel, thread), el);
  draw(channel, thread);
  return el;
}

/** take is told what stands beside a conversation or thread now. */
export function take(channel, thread, agent) {
  known.set(key(channel, thread), agent);
  draw(channel, thread);
}

function draw(channel, thread) {
  const el = bars.get(key(channel, thread));
  if (!el) return;
  const { status = '', prompts = [] } = known.get(key(channel, thread)) || {};
  const ask = ({ title, message }) => h('button', {
    type: 'button', class: 'button quiet', title: message, data: { testid: 'prompt' },
    on: { click: () => api.say(store.person.id, channel, thread, message).catch((error) => emit('trouble', error)) },
  }, title);
  fill(el, status ? h('span', { class: 'quiet', role: 'status' }, `${store.app.name} ${status}`) : null, ...(status ? [] : prompts.map(ask)));
  el.hidden = !status && !prompts.length;
}
