// Rehearsal tools: the transcript, and bad luck to order.

import * as api from './api.js';
import { h, icon } from './dom.js';
import { t } from './texts.js';
import { openMenu } from './menus.js';

/** toolsButton opens the menu at the foot of the sidebar. */
export function toolsButton() {
  return h('button', {
    type: 'button', class: 'link-button tools-button', 'aria-haspopup': 'menu', data: { testid: 'tools' },
    on: {
      click: (event) => openMenu(event.currentTarget, [
        { label: t('transcript'), icon: icon('download', 16), href: api.TRANSCRIPT, download: 'transcript.jsonl' },
      ]),
    },
  }, icon('wrench', 14), t('tools'));
}
