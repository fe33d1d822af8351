// The peer of the latency report: an app on the official Bolt for JavaScript that does
// the least that keeps a click: commit one row, then acknowledge. SQLite is the one of
// Node where it has one (22.5 and later), else the same API from a package that
// carries its binary.
'use strict';

const { App } = require('@slack/bolt');

function sqlite() {
  try {
    return { name: 'node:sqlite', ...require('node:sqlite') };
  } catch {
    const { version } = require('@photostructure/sqlite/package.json');
    return { name: `@photostructure/sqlite ${version}`, ...require('@photostructure/sqlite') };
  }
}

const { name, DatabaseSync } = sqlite();
const db = new DatabaseSync(process.env.DATABASE);
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE clicks (who TEXT, what TEXT, at TEXT) STRICT');
const insert = db.prepare('INSERT INTO clicks (who, what, at) VALUES (?, ?, ?)');
module.exports = { db }; // the package closes a database that only its statements refer to

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
  logLevel: 'error',
});

app.action(/.*/, async ({ ack, action, body }) => {
  insert.run(body.user.id, action.value, action.action_ts);
  await ack();
});

app.start().then(() => console.log(`ready ${require('@slack/bolt/package.json').version} ${process.version} ${name}`));
