// A popup menu under a button: arrows, Home, End, Enter and Esc work, and focus goes back.

import { h, layer, place } from './dom.js';
import { withEmoji } from './glyphs.js';

let open = null;

/** closeMenu shuts the open menu, if any. */
export function closeMenu(refocus = false) {
  if (!open) return;
  const { menu, anchor, stop } = open;
  open = null;
  stop();
  menu.remove();
  anchor.setAttribute('aria-expanded', 'false');
  if (refocus) anchor.focus();
}

/**
 * openMenu shows items under anchor. An item is {label, description, icon, href, danger,
 * data, onSelect} or {heading}. A second call on the same anchor closes it.
 */
export function openMenu(anchor, items, { end = false, testid = 'menu' } = {}) {
  const again = open && open.anchor === anchor;
  closeMenu();
  if (again) return;
  const menu = h('div', { class: 'menu', role: 'menu', data: { testid } }, items.map(entry));
  menu.anchor = anchor;
  layer(anchor).append(menu);
  anchor.setAttribute('aria-expanded', 'true');
  place(menu, anchor, { end });
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) closeMenu();
  };
  const resize = () => closeMenu();
  document.addEventListener('pointerdown', outside, true);
  window.addEventListener('resize', resize);
  open = {
    menu, anchor,
    stop: () => {
      document.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('resize', resize);
    },
  };
  menu.addEventListener('keydown', keys);
  const first = menu.querySelector('[role=menuitem]');
  if (first) first.focus();
}

function entry(item) {
  if (item.heading) return h('div', { class: 'menu-heading' }, item.heading);
  const body = [item.icon || null, h('span', { class: 'menu-text' }, h('span', null, withEmoji(item.label)),
    item.description ? h('span', { class: 'menu-description' }, item.description) : null)];
  const props = {
    class: 'menu-item' + (item.danger ? ' danger' : ''), role: 'menuitem', tabindex: '-1', data: item.data,
    on: { click: () => { closeMenu(true); if (item.onSelect) item.onSelect(); } },
  };
  if (item.href) return h('a', { ...props, href: item.href, target: '_blank', rel: 'noopener noreferrer', download: item.download }, body);
  return h('button', { ...props, type: 'button', disabled: item.disabled }, body);
}

function keys(event) {
  const all = [...event.currentTarget.querySelectorAll('[role=menuitem]')];
  const at = all.indexOf(document.activeElement);
  const to = {
    ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1,
  }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    all[to].focus();
  } else if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    closeMenu(true);
  } else if (event.key === 'Tab') {
    closeMenu();
  }
}
