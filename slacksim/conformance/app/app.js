// A small app on the official Bolt for JavaScript, written as Slack's guides write
// one. Nothing in it knows that the workspace is a simulated one but the API's URL.
'use strict';

const { App } = require('@slack/bolt');

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, DOOR, PORT } = process.env;

const app = new App({
  token: SLACK_BOT_TOKEN,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  ...(DOOR === 'socket' ? { socketMode: true, appToken: SLACK_APP_TOKEN } : { signingSecret: SLACK_SIGNING_SECRET }),
});

const plain = (text) => ({ type: 'plain_text', text });
const section = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (text, id, value) => ({ type: 'button', text: plain(text), action_id: id, value });

const form = (note) => ({
  type: 'modal',
  callback_id: 'request',
  title: plain('Request'),
  submit: plain('Send'),
  notify_on_close: true,
  private_metadata: 'kept',
  blocks: [
    section(note),
    { type: 'input', block_id: 'host', label: plain('Host name'), element: { type: 'plain_text_input', action_id: 'name' } },
    {
      type: 'input', block_id: 'ca', label: plain('Authority'), optional: true,
      element: { type: 'external_select', action_id: 'authority', min_query_length: 1 },
    },
    { type: 'actions', block_id: 'more', elements: [button('Explain', 'explain')] },
  ],
});

// A message, a mention, a button.
app.message('hello', async ({ message, say }) => {
  await say({ text: `Hello <@${message.user}>`, thread_ts: message.ts });
});

app.event('app_mention', async ({ event, say }) => {
  await say({
    text: 'A card',
    thread_ts: event.ts,
    metadata: { event_type: 'card', event_payload: { asked_by: event.user } },
    blocks: [section(`Asked: ${event.text}`), { type: 'actions', block_id: 'decide', elements: [button('Approve', 'approve', '42')] }],
  });
});

app.action('approve', async ({ ack, action, body, client, respond }) => {
  await ack();
  await client.chat.update({
    channel: body.channel.id,
    ts: body.message.ts,
    text: 'Approved',
    blocks: [section(`Approved ${action.value} by <@${body.user.id}>`)],
  });
  await respond({ response_type: 'ephemeral', replace_original: false, text: 'Noted.' });
});

// A slash command, a modal with errors, an update and a push.
app.command('/cert', async ({ ack, command, client }) => {
  if (command.text === 'help') {
    await ack('Try /cert new');
    return;
  }
  await ack();
  await client.views.open({ trigger_id: command.trigger_id, view: form('Fill this in') });
});

app.options('authority', async ({ ack, options }) => {
  await ack({ options: ['Public', 'Private'].filter((n) => n.toLowerCase().includes(options.value.toLowerCase())).map((n) => ({ text: plain(n), value: n.toLowerCase() })) });
});

app.action('explain', async ({ ack, body, client }) => {
  await ack();
  await client.views.update({ view_id: body.view.id, hash: body.view.hash, view: form('A host name has dots') });
});

app.view('request', async ({ ack, view, body, client }) => {
  const host = view.state.values.host.name.value;
  if (!host.includes('.')) {
    await ack({ response_action: 'errors', errors: { host: 'A full name, please' } });
    return;
  }
  if (host === 'again.example.com') {
    await ack({ response_action: 'update', view: form('Once more') });
    return;
  }
  if (host === 'bad.example.com') {
    // A title of more than 24 characters: Slack only says that there was trouble.
    await ack({ response_action: 'update', view: { ...form('x'), title: plain('A title that is far too long') } });
    return;
  }
  await ack();
  const authority = view.state.values.ca.authority.selected_option;
  await client.chat.postMessage({ channel: body.user.id, text: `Requested ${host} of ${authority ? authority.value : 'anyone'} (${view.private_metadata})` });
});

app.view({ callback_id: 'request', type: 'view_closed' }, async ({ ack, body, client }) => {
  await ack();
  await client.chat.postMessage({ channel: body.user.id, text: 'You closed the form' });
});

// Shortcuts.
app.shortcut('new_request', async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({ trigger_id: shortcut.trigger_id, view: form('From a shortcut') });
});

app.shortcut('diagnose_message', async ({ ack, shortcut, respond }) => {
  await ack();
  await respond({ text: `Read: ${shortcut.message.text}`, response_type: 'ephemeral' });
});

// Files: download what a person shares, and send it back in upper case.
app.event('file_shared', async ({ event, client }) => {
  const { file } = await client.files.info({ file: event.file_id });
  if (file.user !== event.user_id || file.title.startsWith('UPPER')) return;
  const answer = await fetch(file.url_private_download, { headers: { Authorization: `Bearer ${SLACK_BOT_TOKEN}` } });
  const text = await answer.text();
  await client.filesUploadV2({ channel_id: event.channel_id, filename: 'upper.txt', title: 'UPPER', content: text.toUpperCase(), initial_comment: 'In capitals' });
});

app.event('app_home_opened', async ({ event, client }) => {
  if (event.tab !== 'home') return;
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [section(`Welcome <@${event.user}>`)] } });
});

app.error(async (error) => {
  console.error(error);
});

(async () => {
  await app.start(DOOR === 'socket' ? undefined : { port: Number(PORT), host: '127.0.0.1' });
  console.log('ready');
})();
