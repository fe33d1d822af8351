// What a person has entered in one message, view or Home, in Slack's state.values
// format, and how an interaction with it is sent. Drawing is elsewhere.

import * as api from './api.js';
import { emit, store } from './store.js';

// For each element with a state: its field, and where the initial value stands.
const FIELDS = {
  plain_text_input: ['value', 'initial_value'],
  email_text_input: ['value', 'initial_value'],
  url_text_input: ['value', 'initial_value'],
  number_input: ['value', 'initial_value'],
  rich_text_input: ['rich_text_value', 'initial_value'],
  static_select: ['selected_option', 'initial_option'],
  external_select: ['selected_option', 'initial_option'],
  users_select: ['selected_user', 'initial_user'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
  channels_select: ['selected_channel', 'initial_channel'],
  multi_static_select: ['selected_options', 'initial_options', []],
  multi_external_select: ['selected_options', 'initial_options', []],
  multi_users_select: ['selected_users', 'initial_users', []],
  multi_conversations_select: ['selected_conversations', 'initial_conversations', []],
  multi_channels_select: ['selected_channels', 'initial_channels', []],
  radio_buttons: ['selected_option', 'initial_option'],
  checkboxes: ['selected_options', 'initial_options', []],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
  datetimepicker: ['selected_date_time', 'initial_date_time'],
  file_input: ['files', '', []],
};

/** fieldOf is the name under which an element's value stands in its state. */
export const fieldOf = (type) => (FIELDS[type] || ['value'])[0];

/** initialOf is the value that an element shows before anyone touches it. */
export function initialOf(element) {
  const [, from, empty = null] = FIELDS[element.type] || ['value', 'initial_value'];
  if (element[from] !== undefined) return element[from];
  if (element.default_to_current_conversation && store.channel) return empty === null ? store.channel : [store.channel];
  return empty;
}

const key = (block, action) => JSON.stringify([block, action]);

/** Surface is one container of blocks: {type: message|view|home, channel, ts | view_id}. */
export class Surface {
  /**
   * @param previous the surface this one replaces: what was entered there stays, as in
   * Slack, where block, action and type agree
   * @param known {values} as the workspace last heard them, for a page that was reloaded
   */
  constructor(container, previous, known) {
    this.container = container;
    this.kept = previous ? previous.entries : new Map();
    this.known = (known && known.values) || {};
    this.entries = new Map();
    this.blocks = new Map();
  }

  /** seed registers an element while it is drawn and returns its current value. */
  seed(block, element) {
    const id = key(block.block_id, element.action_id);
    const before = this.kept.get(id);
    const heard = (this.known[block.block_id] || {})[element.action_id];
    let value = initialOf(element);
    if (before && before.type === element.type) value = before.value;
    else if (heard && heard.type === element.type && heard[fieldOf(element.type)] !== undefined) value = heard[fieldOf(element.type)];
    this.entries.set(id, { block: block.block_id, action: element.action_id, type: element.type, value });
    return value;
  }

  set(block, element, value) {
    this.entries.set(key(block.block_id, element.action_id),
      { block: block.block_id, action: element.action_id, type: element.type, value });
  }

  get(block, element) {
    return (this.entries.get(key(block.block_id, element.action_id)) || {}).value;
  }

  /** values is state.values: {block_id: {action_id: {type, value | selected_…}}}. */
  values() {
    const out = {};
    for (const { block, action, type, value } of this.entries.values()) {
      out[block] = out[block] || {};
      out[block][action] = { type, [fieldOf(type)]: value };
    }
    return out;
  }

  /** act sends one block_actions interaction; extra carries a button's value or an overflow's option. */
  async act(block, element, extra) {
    const body = {
      person: store.person.id, container: this.container, block_id: block.block_id, action_id: element.action_id,
      type: element.type, state: { values: this.values() }, ...extra,
    };
    if (FIELDS[element.type]) body[fieldOf(element.type)] = this.get(block, element);
    try {
      await api.action(body);
      return true;
    } catch (error) {
      emit('trouble', error);
      return false;
    }
  }
}
