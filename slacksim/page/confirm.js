// Slack's confirm dialog: asks before an interaction is sent.

import { h, uid } from './dom.js';
import { t } from './texts.js';
import { textObject } from './text.js';
import { withEmoji } from './glyphs.js';

const plain = (object, otherwise) => (object && object.text ? withEmoji(object.text) : otherwise);

/** ask shows a confirm object and resolves to true (confirmed) or false. Without one it is true at once. */
export function ask(object) {
  if (!object) return Promise.resolve(true);
  const title = uid('confirm');
  return new Promise((resolve) => {
    const before = document.activeElement;
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      if (before && before.isConnected) before.focus();
      resolve(answer);
    };
    const yes = h('button', {
      type: 'button', class: `button ${object.style === 'danger' ? 'danger' : 'primary'}`, data: { testid: 'confirm-yes' },
      on: { click: () => finish(true) },
    }, plain(object.confirm, t('yes')));
    const dialog = h('dialog', { class: 'confirm', 'aria-labelledby': title, data: { testid: 'confirm' } },
      h('h2', { id: title }, plain(object.title, t('confirm'))),
      h('div', { class: 'confirm-text' }, textObject(object.text)),
      h('div', { class: 'dialog-foot' },
        h('button', { type: 'button', class: 'button', data: { testid: 'confirm-no' }, on: { click: () => finish(false) } },
          plain(object.deny, t('cancel'))), yes));
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      finish(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
