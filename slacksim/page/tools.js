// Rehearsal tools: the transcript, and bad luck to order.

import * as api from './api.js';
import { h, icon } from './dom.js';
import { emit } from './store.js';
import { t } from './texts.js';
import { openMenu } from './menus.js';

// Each is one fault of the next matching call or delivery, as POST /sim/faults takes it.
const FAULTS = {
  fault_duplicate: { faults: [{ kind: 'duplicate' }] },
  fault_drop: { drop: true },
  fault_lost_ack: { faults: [{ kind: 'lost_ack' }] },
  fault_slow: { faults: [{ kind: 'slow', delay_ms: 4000 }] },
  fault_rate_limited: { faults: [{ kind: 'rate_limited', retry_after: 3 }] },
  fault_server_error: { faults: [{ kind: 'server_error', status: 503 }] },
  fault_clear: { clear: true },
};

async function inject(name) {
  try {
    await api.faults(FAULTS[name]);
    emit('toast', { level: 'info', text: `${t(name)}: ${t('done')}` });
  } catch (error) {
    emit('trouble', error);
  }
}

/** toolsButton opens the menu at the foot of the sidebar. */
export function toolsButton() {
  return h('button', {
    type: 'button', class: 'link-button tools-button', 'aria-haspopup': 'menu', data: { testid: 'tools' },
    on: {
      click: (event) => openMenu(event.currentTarget, [
        { label: t('transcript'), icon: icon('download', 16), href: api.TRANSCRIPT, download: 'transcript.jsonl' },
        { heading: t('bad_luck') },
        ...Object.keys(FAULTS).map((name) => ({ label: t(name), data: { fault: name }, onSelect: () => inject(name) })),
      ], { testid: 'tools-menu' }),
    },
  }, icon('wrench', 14), t('tools'));
}
