// Where the rows of a select menu come from: its own options, the people, the
// conversations, or the app (external). A row is {value, label, description, option}.

import * as api from './api.js';
import { emojify } from './emoji.js';
import { nameOf, store, titleOf } from './store.js';
import { t } from './texts.js';

const optionRow = (option) => ({
  value: option.value, label: emojify((option.text || {}).text || option.value),
  description: option.description ? emojify(option.description.text) : '', option,
});

const personRow = (id) => ({ value: id, label: nameOf(id), description: '' });
const channelRow = (id) => {
  const channel = store.channels.get(id);
  return { value: id, label: channel ? (channel.kind === 'im' ? '@' : '#') + titleOf(channel) : id, description: '' };
};

function filtered(groups, query) {
  const q = query.toLowerCase();
  return groups.map((g) => ({ ...g, rows: g.rows.filter((r) => `${r.label} ${r.description}`.toLowerCase().includes(q)).slice(0, 200) }));
}

const grouped = (el) => (el.option_groups
  ? el.option_groups.map((g) => ({ label: emojify((g.label || {}).text || ''), rows: (g.options || []).map(optionRow) }))
  : [{ label: '', rows: (el.options || []).map(optionRow) }]);

// Option groups may come in the place of options.
const asGroups = (answer) => (answer.options && answer.options[0] && answer.options[0].options ? { option_groups: answer.options } : answer);

/** sourceFor answers how an element's rows are searched and how its value is written. */
export function sourceFor(el, ctx) {
  const kind = el.type.replace('multi_', '');
  const byOption = { toChoices: (v) => v.map(optionRow), fromChoices: (c) => c.map((r) => r.option) };
  if (kind === 'external_select') return { ...byOption, search: (query) => external(el, ctx, query) };
  if (kind === 'users_select') {
    const rows = () => [...store.people.keys()].map((id) => personRow(id));
    return fixed(personRow, rows);
  }
  if (kind === 'channels_select') return fixed(channelRow, () => conversations((c) => c.kind !== 'im'));
  if (kind === 'conversations_select') {
    const include = (el.filter || {}).include;
    return fixed(channelRow, () => conversations((c) => !include || include.includes(c.kind === 'im' ? 'im' : c.is_private ? 'private' : 'public')));
  }
  return { ...byOption, search: (query) => ({ groups: filtered(grouped(el), query) }) };
}

function fixed(row, rows) {
  return {
    toChoices: (v) => v.map(row), fromChoices: (c) => c.map((r) => r.value),
    search: (query) => ({ groups: filtered([{ label: '', rows: rows() }], query) }),
  };
}

const conversations = (wanted) => [...store.channels.values()].filter(wanted).map((c) => channelRow(c.id));

// The app is asked after a pause, so that one word is one question.
function external(el, ctx, query) {
  const least = el.min_query_length ?? 3;
  if ([...query].length < least) return { groups: [], note: t('type_more', { n: least }) };
  return new Promise((resolve, reject) => {
    clearTimeout(ctx.pause);
    ctx.pause = setTimeout(() => {
      const { container } = ctx.surface;
      api.suggest({
        person: store.person.id, view_id: container.view_id, channel: container.channel, ts: container.ts, container,
        block_id: ctx.block.block_id, action_id: el.action_id, value: query,
      }).then((answer) => resolve({ groups: grouped(asGroups(answer)) }), reject);
    }, 200);
  });
}
