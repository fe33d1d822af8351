// The page's own words (never the app's) in English, Simplified and Traditional
// Chinese. One row a text, so that none can be missing in one language.

const ROWS = {
  rehearsal: ['Rehearsal workspace', '演练工作区', '演練工作區'],
  rehearsal_note: ['A local stand-in for Slack, for trying the app out. Nothing leaves this computer.',
    '本机模拟的 Slack，供试用本应用。任何内容都不会离开这台计算机。', '本機模擬的 Slack，供試用本應用程式。任何內容都不會離開這台電腦。'],
  playing_as: ['You are playing', '当前扮演', '目前扮演'],
  switch_to: ['Play {name}', '扮演 {name}', '扮演 {name}'],
  new_tab: ['Open {name} in a new tab', '在新标签页中打开 {name}', '在新分頁中開啟 {name}'],
  role_engineer: ['Engineer', '工程师', '工程師'],
  role_approver: ['Approver', '审批人', '核准人'],
  role_support: ['Support', '技术支持', '技術支援'],
  role_admin: ['Administrator', '管理员', '管理員'],
  role_guest: ['Guest', '访客', '訪客'],
  channels: ['Channels', '频道', '頻道'],
  direct: ['Direct messages', '私信', '私訊'],
  apps: ['Apps', '应用', '應用程式'],
  app: ['app', '应用', '應用程式'],
  you: ['you', '您', '您'],
  menu: ['Open the menu', '打开菜单', '開啟選單'],
  close: ['Close', '关闭', '關閉'],
  back: ['Back', '返回', '返回'],
  cancel: ['Cancel', '取消', '取消'],
  home: ['Home', '主页', '首頁'],
  messages: ['Messages', '消息', '訊息'],
  members: ['{n} people', '{n} 人', '{n} 人'],
  unread: ['{n} unread', '{n} 条未读', '{n} 則未讀'],
  thread: ['Thread', '消息列', '討論串'],
  replies: ['{n} replies', '{n} 条回复', '{n} 則回覆'],
  reply_one: ['1 reply', '1 条回复', '1 則回覆'],
  replied_to: ['replied to a thread', '回复了消息列', '回覆了討論串'],
  reply_in_thread: ['Reply in thread', '在消息列中回复', '在討論串中回覆'],
  more_actions: ['More actions', '更多操作', '更多動作'],
  copy_text: ['Copy text', '复制文本', '複製文字'],
  copy_link: ['Copy link', '复制链接', '複製連結'],
  copied: ['Copied', '已复制', '已複製'],
  only_you: ['Only visible to you', '仅对您可见', '只有您看得到'],
  dismiss: ['Dismiss', '忽略', '關閉'],
  edited: ['(edited)', '（已编辑）', '（已編輯）'],
  today: ['Today', '今天', '今天'],
  yesterday: ['Yesterday', '昨天', '昨天'],
  earlier: ['Show earlier messages ({n})', '显示更早的消息（{n}）', '顯示更早的訊息（{n}）'],
  new_messages: ['New messages', '新消息', '新訊息'],
  empty_channel: ['Nothing said in {name} yet.', '{name} 中还没有消息。', '{name} 中還沒有訊息。'],
  empty_app: ['Say hello to {name}, mention it in a channel, or type / for its commands.',
    '向 {name} 打个招呼，在频道中提及它，或输入 / 查看其命令。', '向 {name} 打聲招呼，在頻道中提及它，或輸入 / 查看其指令。'],
  loading: ['Loading…', '正在加载…', '載入中…'],
  not_here: ['{name} cannot see this conversation.', '{name} 看不到此会话。', '{name} 看不到這個對話。'],
  no_home: ['{name} has not published its Home for you yet.', '{name} 尚未为您发布主页。', '{name} 尚未為您發布首頁。'],
  message_to: ['Message {name}', '发消息给 {name}', '傳訊息給 {name}'],
  reply_hint: ['Reply…', '回复…', '回覆…'],
  send: ['Send', '发送', '傳送'],
  attach: ['Attach files', '附加文件', '附加檔案'],
  shortcuts: ['Shortcuts', '快捷方式', '捷徑'],
  commands: ['Commands', '命令', '指令'],
  no_shortcuts: ['The app offers no shortcuts here.', '该应用在此处没有快捷方式。', '此應用程式在這裡沒有捷徑。'],
  remove: ['Remove {name}', '移除 {name}', '移除 {name}'],
  drop_here: ['Drop files to attach them', '拖放文件以附加', '拖放檔案以附加'],
  send_keys: ['Enter sends, Shift+Enter starts a new line', 'Enter 发送，Shift+Enter 换行', 'Enter 傳送，Shift+Enter 換行'],
  unknown_command: ['{command} is not a command of any app here.', '此处没有应用提供命令 {command}。', '這裡沒有應用程式提供指令 {command}。'],
  command_in_thread: ['Slash commands do not work in threads. Send {command} in the channel.',
    '斜杠命令不能在消息列中使用。请在频道中发送 {command}。', '斜線指令不能在討論串中使用。請在頻道中傳送 {command}。'],
  everyone: ['everyone in this channel', '此频道的所有人', '此頻道的所有人'],
  offline: ['The workspace does not answer. Is it still running?', '工作区没有响应。它还在运行吗？', '工作區沒有回應。它還在執行嗎？'],
  reconnecting: ['Connection lost, trying again…', '连接已断开，正在重试…', '連線中斷，正在重試…'],
  file_too_big: ['{name} is over {n} MB.', '{name} 超过 {n} MB。', '{name} 超過 {n} MB。'],
  download: ['Download', '下载', '下載'],
  preview: ['Show content', '显示内容', '顯示內容'],
  hide: ['Hide', '隐藏', '隱藏'],
  show_all: ['Show all', '显示全部', '顯示全部'],
  no_preview: ['This file cannot be shown.', '无法显示此文件。', '無法顯示此檔案。'],
  choose_file: ['Choose files', '选择文件', '選擇檔案'],
  uploading: ['Uploading…', '正在上传…', '正在上傳…'],
  required: ['Please fill in this field.', '请填写此字段。', '請填寫此欄位。'],
  too_short: ['Please enter at least {n} characters.', '请至少输入 {n} 个字符。', '請至少輸入 {n} 個字元。'],
  too_long: ['Please enter at most {n} characters.', '最多可输入 {n} 个字符。', '最多可輸入 {n} 個字元。'],
  bad_email: ['Please enter an email address.', '请输入电子邮件地址。', '請輸入電子郵件地址。'],
  bad_url: ['Please enter a URL, such as https://example.com.', '请输入 URL，例如 https://example.com。', '請輸入 URL，例如 https://example.com。'],
  bad_number: ['Please enter a number.', '请输入数字。', '請輸入數字。'],
  bad_integer: ['Please enter a whole number.', '请输入整数。', '請輸入整數。'],
  too_small: ['Please enter {n} or more.', '请输入不小于 {n} 的数。', '請輸入不小於 {n} 的數。'],
  too_large: ['Please enter {n} or less.', '请输入不大于 {n} 的数。', '請輸入不大於 {n} 的數。'],
  optional: ['optional', '可选', '選填'],
  choose: ['Choose', '请选择', '請選擇'],
  search: ['Type to search', '输入以搜索', '輸入以搜尋'],
  searching: ['Searching…', '正在搜索…', '搜尋中…'],
  type_more: ['Type at least {n} characters', '请至少输入 {n} 个字符', '請至少輸入 {n} 個字元'],
  nothing: ['Nothing found', '未找到', '找不到'],
  clear: ['Clear', '清除', '清除'],
  confirm: ['Are you sure?', '确定吗？', '確定嗎？'],
  yes: ['Yes', '是', '是'],
  unsupported: ['A block of kind “{kind}” cannot be shown here.', '此处无法显示“{kind}”类型的区块。', '此處無法顯示「{kind}」類型的區塊。'],
  outside_image: ['Image on {host} (not loaded)', '位于 {host} 的图片（未加载）', '位於 {host} 的圖片（未載入）'],
  helpful: ['Helpful', '有帮助', '有幫助'],
  not_helpful: ['Not helpful', '没有帮助', '沒有幫助'],
  tools: ['Rehearsal tools', '演练工具', '演練工具'],
  transcript: ['Download the transcript', '下载记录', '下載記錄'],
  bad_luck: ['Bad luck for the app', '给应用制造故障', '給應用程式製造故障'],
  fault_duplicate: ['Deliver the next event twice', '下一个事件投递两次', '下一個事件傳送兩次'],
  fault_drop: ['Cut its connections now', '立即断开其连接', '立即切斷其連線'],
  fault_lost_ack: ['Lose its next acknowledgement', '丢失其下一次确认', '遺失其下一次確認'],
  fault_slow: ['Answer its next call four seconds late', '下一次调用延迟四秒响应', '下一次呼叫延遲四秒回應'],
  fault_rate_limited: ['Refuse its next call: too many requests', '拒绝下一次调用：请求过多', '拒絕下一次呼叫：要求過多'],
  fault_server_error: ['Fail its next call with a server error', '下一次调用返回服务器错误', '下一次呼叫傳回伺服器錯誤'],
  fault_clear: ['Clear all faults', '清除所有故障', '清除所有故障'],
  done: ['Done', '已完成', '已完成'],
  stranger: ['from {name}', '来自 {name}', '來自 {name}'],
  someone: ['someone', '某人', '某人'],
};

const COLUMN = { en: 0, 'zh-Hans': 1, 'zh-Hant': 2 };
let language = 'en';

/** languageOf maps a Slack locale (en-GB, zh-CN, zh-TW) to one of the three. */
export function languageOf(locale) {
  const tag = String(locale || '').replace('_', '-').toLowerCase();
  if (!tag.startsWith('zh')) return 'en';
  return /hant|-tw|-hk|-mo/.test(tag) ? 'zh-Hant' : 'zh-Hans';
}

/** speak chooses the language of the page; the document's lang also chooses the CJK font. */
export function speak(locale) {
  language = languageOf(locale);
  document.documentElement.lang = language;
}

export const spoken = () => language;

/** t is the text of a key, with {name} replaced. */
export function t(key, args = {}) {
  const row = ROWS[key];
  if (!row) return key;
  return row[COLUMN[language]].replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

/** roleName is a role as people read it; unknown roles are shown as given. */
export function roleName(role) {
  return ROWS[`role_${role}`] ? t(`role_${role}`) : role || '';
}
