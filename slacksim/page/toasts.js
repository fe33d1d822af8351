// Short notes at the edge of the window, read out by screen readers.

import { h, icon, iconButton } from './dom.js';
import { t } from './texts.js';

// A manual popover stands in the top layer, so notes are seen above an open modal too.
const box = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite', popover: 'manual' });
document.body.append(box);

/** clear takes all notes away: they were for somebody else. */
export function clear() {
  box.replaceChildren();
  if (box.matches(':popover-open')) box.hidePopover();
}

/** toast shows a note: level info, success, warning or error. Errors stay longer. */
export function toast({ level = 'info', text }) {
  if (!text || [...box.children].some((n) => n.dataset.text === String(text))) return;
  const bad = level === 'error' || level === 'warning';
  const note = h('div', { class: `toast ${level}`, data: { testid: 'toast', level, text } }, icon(bad ? 'alert' : 'check', 18),
    h('span', null, String(text).slice(0, 600)), iconButton('close', t('close'), () => remove(), { class: 'small' }));
  const remove = () => {
    note.remove();
    if (!box.firstChild && box.matches(':popover-open')) box.hidePopover();
  };
  while (box.children.length > 3) box.firstChild.remove();
  box.append(note);
  if (box.matches(':popover-open')) box.hidePopover();
  box.showPopover();
  setTimeout(remove, bad ? 12000 : 5000);
}
