// The file_input element: files are uploaded at once and belong to the form by their ids.

import * as api from './api.js';
import { fill, h, icon } from './dom.js';
import { emit, store } from './store.js';
import { t } from './texts.js';
import { change } from './change.js';
import { sizeOf } from './files.js';
import { hooks } from './inputs.js';

/** fileInput draws a chooser that also takes drops, and the list of what was chosen. */
export function fileInput(el, ctx) {
  let files = [...(ctx.surface.seed(ctx.block, el) || [])];
  const most = el.max_files || 10;
  const list = h('ul', { class: 'file-list' });
  const status = h('span', { class: 'file-status', role: 'status' });
  const chooser = h('input', {
    type: 'file', id: ctx.id, class: 'file-chooser', multiple: most > 1, 'aria-describedby': ctx.describedBy,
    accept: el.filetypes ? el.filetypes.map((f) => `.${f}`).join(',') : undefined, data: hooks(el, ctx),
  });

  function draw() {
    fill(list, ...files.map((file) => h('li', null, icon('file', 16), h('span', { class: 'file-name' }, file.name || file.id),
      h('span', { class: 'file-size' }, sizeOf(file.size)), h('button', {
        type: 'button', class: 'icon-button small', 'aria-label': t('remove', { name: file.name || file.id }),
        on: { click: () => { files = files.filter((f) => f !== file); draw(); change(el, ctx, files, () => {}); } },
      }, icon('close', 14)))));
  }

  async function add(picked) {
    const room = [...picked].slice(0, Math.max(0, most - files.length));
    if (!room.length) return;
    status.textContent = t('uploading');
    try {
      const answer = await api.upload({ person: store.person.id, files: room });
      files = [...files, ...(answer.files || [])];
      draw();
      await change(el, ctx, files, () => {});
    } catch (error) {
      emit('trouble', error);
    } finally {
      status.textContent = '';
      chooser.value = '';
    }
  }

  chooser.addEventListener('change', () => add(chooser.files));
  const drop = h('label', {
    class: 'file-drop', on: {
      dragover: (event) => { event.preventDefault(); event.stopPropagation(); },
      drop: (event) => { event.preventDefault(); event.stopPropagation(); add(event.dataTransfer.files); },
    },
  }, icon('attach'), t('choose_file'), chooser, status);
  draw();
  return h('div', { class: 'file-input' }, drop, list);
}
