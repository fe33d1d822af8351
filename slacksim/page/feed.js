// The messages of each open conversation and thread, kept true by events. Drawing is in
// messages.js; it is told by "feed" (channel) and "feed-thread" (thread).

import * as agent from './agent.js';
import * as api from './api.js';
import { emit, store } from './store.js';

const channels = new Map(); // channel id -> Map(ts -> message)
const threads = new Map(); // "channel ts" -> Map(ts -> message)
const reloads = new Map();
const dismissed = new Set(); // ephemeral messages that a person has put away

// Events that came while a listing was under way: the listing may be older than they are.
let recent = []; // [number, name, data]
let heard = 0;
let reads = 0;
const answered = new Map(); // list -> number of the latest read that was answered

// Answers may overtake each other; an older one is dropped.
function late(key, n) {
  if (n < (answered.get(key) || 0)) return true;
  answered.set(key, n);
  return false;
}

function replay(since) {
  for (const [n, name, data] of recent) if (n > since) take(name, data);
}

const threadKey = (channel, ts) => `${channel} ${ts}`;
const sorted = (map) => [...map.values()].sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
const byTS = (list) => new Map((list || []).map((m) => [m.ts, m]));

/** isReply tells a message that stands in a thread only. */
const isReply = (m) => m.thread_ts && m.thread_ts !== m.ts;

/** reset forgets everything: another person sees other things. */
export function reset() {
  channels.clear();
  threads.clear();
  for (const timer of reloads.values()) clearTimeout(timer);
  reloads.clear();
  recent = [];
}

/** messagesOf lists a channel's messages, oldest first; null before they were read. */
export const messagesOf = (channel) => (channels.has(channel) ? sorted(channels.get(channel)) : null);

/** threadOf lists a thread, its parent first; null before it was read. */
export const threadOf = (channel, ts) => (threads.has(threadKey(channel, ts)) ? sorted(threads.get(threadKey(channel, ts))) : null);

/** read fetches a channel's messages. */
export async function read(channel) {
  const { id } = store.person;
  const since = heard;
  const n = reads += 1;
  const { messages, agent: beside } = await api.messages(id, channel);
  if (id !== store.person.id || late(channel, n)) return;
  if (beside) agent.take(channel, '', beside);
  channels.set(channel, byTS(messages.filter((m) => !dismissed.has(m.ts) && (!isReply(m) || m.subtype === 'thread_broadcast'))));
  replay(since);
  emit('feed', channel);
}

/** readThread fetches a thread's messages. */
export async function readThread(channel, ts) {
  const { id } = store.person;
  const since = heard;
  const n = reads += 1;
  const { messages, agent: beside } = await api.messages(id, channel, ts);
  if (id !== store.person.id || late(threadKey(channel, ts), n)) return;
  if (beside) agent.take(channel, ts, beside);
  threads.set(threadKey(channel, ts), byTS(messages.filter((m) => !dismissed.has(m.ts))));
  replay(since);
  emit('feed-thread', { channel, ts });
}

/** dismiss puts an ephemeral message away, for this page. */
export function dismiss(channel, ts) {
  dismissed.add(ts);
  if (channels.has(channel)) channels.get(channel).delete(ts);
  for (const [key, thread] of threads) if (key.startsWith(`${channel} `)) thread.delete(ts);
  emit('feed', channel);
  emit('feed-thread', { channel, ts });
}

/** readSoon fetches a channel anew: for reply counts, which stand on the parent, and to mark it read. */
export function readSoon(channel) {
  clearTimeout(reloads.get(channel));
  reloads.set(channel, setTimeout(() => read(channel).catch(() => {}), 60));
}

/** apply takes a message event: {channel, message} or the message with its channel. */
export function apply(name, data) {
  const message = data.message || data;
  const channel = data.channel || message.channel;
  if (!channel || !message.ts) return;
  heard += 1;
  recent = [...recent.slice(-199), [heard, name, data]];
  take(name, data);
  if (channels.has(channel) && (name === 'message_deleted' || isReply(message))) readSoon(channel);
  emit('feed', channel);
  emit('feed-thread', { channel, ts: message.thread_ts || message.ts });
}

function take(name, data) {
  const message = data.message || data;
  const channel = data.channel || message.channel;
  const { ts } = message;
  const list = channels.get(channel);
  if (name === 'message_deleted') {
    if (list) list.delete(ts);
    for (const [key, thread] of threads) if (key.startsWith(`${channel} `)) thread.delete(ts);
  } else {
    const thread = threads.get(threadKey(channel, message.thread_ts || message.ts));
    if (thread) thread.set(ts, message);
    if (list && (!isReply(message) || message.subtype === 'thread_broadcast')) {
      // An event for a parent may lack what only a listing counts.
      const { reply_count: count, reply_users: users } = list.get(ts) || {};
      list.set(ts, { reply_count: count, reply_users: users, ...message });
    }
  }
}
