// The app's Home tab for the person now played.

import * as api from './api.js';
import { fill, h, icon, sweep } from './dom.js';
import { emit, store } from './store.js';
import { t } from './texts.js';
import { renderBlocks } from './blocks.js';
import { focusIn, restore } from './messages.js';
import { Surface } from './values.js';

const inner = h('div', { class: 'home-inner' });

/** el is the whole tab. */
export const el = h('div', { class: 'home', tabindex: '0', data: { testid: 'home' } }, inner);

let surface = null;
let sign = '';

/** draw shows the published view, or that there is none. */
export function draw() {
  const view = store.home;
  const next = JSON.stringify([view && view.blocks, view && view.id, store.person.id, store.app.name]);
  if (next === sign) return;
  sign = next;
  const focus = focusIn(inner);
  if (!view || !view.blocks) {
    surface = null;
    fill(inner, h('div', { class: 'list-note' }, h('span', { class: 'empty-seal' }, icon('seal', 40)),
      h('p', { class: 'quiet' }, t('no_home', { name: store.app.name || '' }))));
    return;
  }
  surface = new Surface({ type: 'home', view_id: view.id }, surface || undefined, view.state);
  fill(inner, ...renderBlocks(view.blocks, surface));
  restore(inner, focus);
  sweep();
}

/** forget drops what the last person entered. */
export function forget() {
  surface = null;
  sign = '';
}

/** opened tells the app that the person looks at it. */
export function opened() {
  api.openHome(store.person.id).catch((error) => emit('trouble', error));
}
