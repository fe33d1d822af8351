// Emoji names as Slack writes them (:white_check_mark:). Unknown names stay text.

const LIST = `white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|heavy_multiplication_x ✖️
|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|rotating_light 🚨|exclamation heavy_exclamation_mark ❗|question ❓|grey_question ❔
|bangbang ‼️|information_source ℹ️|bulb 💡|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|lock_with_ink_pen 🔏|key 🔑|old_key 🗝️|shield 🛡️
|scroll 📜|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|clipboard 📋|memo pencil 📝|pencil2 ✏️|paperclip 📎|pushpin 📌|round_pushpin 📍
|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|package 📦|inbox_tray 📥|outbox_tray 📤|envelope email ✉️|mailbox 📫|incoming_envelope 📨
|calendar 📆|date 📅|spiral_calendar_pad 🗓️|clock1 🕐|hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|watch ⌚
|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrows_counterclockwise 🔄|arrows_clockwise 🔃|leftwards_arrow_with_hook ↩️|fast_forward ⏩
|arrow_forward ▶️|double_vertical_bar ⏸️|compass 🧭|mortar_board 🎓|boom 💥
|heavy_plus_sign ➕|heavy_minus_sign ➖|link 🔗|mag 🔍|mag_right 🔎|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|toolbox 🧰|electric_plug 🔌
|satellite_antenna 📡|globe_with_meridians 🌐|earth_africa 🌍|computer 💻|desktop_computer 🖥️|printer 🖨️|iphone 📱|phone telephone ☎️|telephone_receiver 📞
|movie_camera 🎥|microphone 🎤|loudspeaker 📢|mega 📣|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|bell 🔔|no_bell 🔕|robot_face robot 🤖
|bust_in_silhouette 👤|busts_in_silhouette 👥|wave 👋|ok_hand 👌|+1 thumbsup 👍|-1 thumbsdown 👎|clap 👏|raised_hands 🙌|pray 🙏|handshake 🤝|muscle 💪
|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|raised_hand hand ✋|eyes 👀|writing_hand ✍️|see_no_evil 🙈|shrug 🤷|facepalm 🤦
|smile 😄|smiley 😃|grinning 😀|grin 😁|slightly_smiling_face 🙂|wink 😉|blush 😊|laughing satisfied 😆|joy 😂|sweat_smile 😅|thinking_face thinking 🤔
|neutral_face 😐|confused 😕|disappointed 😞|worried 😟|cry 😢|sob 😭|scream 😱|sleeping 😴|zzz 💤|sunglasses 😎|nerd_face 🤓|heart ❤️|green_heart 💚|blue_heart 💙
|tada 🎉|sparkles ✨|star ⭐|star2 🌟|fire 🔥|rocket 🚀|trophy 🏆|medal 🏅|checkered_flag 🏁|triangular_flag_on_post 🚩|white_flag 🏳️|label 🏷️|bookmark 🔖
|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle blue_circle 🔵|white_circle ⚪|black_circle ⚫
|large_green_square 🟩|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|small_blue_diamond 🔹|large_blue_diamond 🔷|small_orange_diamond 🔸
|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|100 💯|new 🆕|ok 🆗|sos 🆘|free 🆓|cool 🆒
|bug 🐛|ghost 👻|skull 💀|hospital 🏥|ambulance 🚑|stethoscope 🩺|microscope 🔬|test_tube 🧪|pill 💊|thermometer 🌡️|umbrella ☔|sunny ☀️|zap ⚡|snowflake ❄️
|coffee ☕|tea 🍵|cake 🍰|seedling 🌱|herb 🌿|evergreen_tree 🌲|dragon 🐉|panda_face 🐼|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊
|construction 🚧|vertical_traffic_light 🚦|traffic_light 🚥|stop_sign 🛑|recycle ♻️|wastebasket 🗑️|floppy_disk 💾|cd 💿|books 📚|book 📖|closed_book 📕|green_book 📗
|crossed_swords ⚔️|anchor ⚓|dart 🎯|crystal_ball 🔮|ticket 🎫|gift 🎁|moneybag 💰|hourglass_done ⌛|repeat 🔁|end 🔚|back 🔙|top 🔝|soon 🔜|on 🔛`;

const NAMES = new Map();
for (const entry of LIST.split('|')) {
  const words = entry.trim().split(' ');
  const glyph = words.pop();
  for (const name of words) NAMES.set(name, glyph);
}

/** glyphOf is the character of an emoji name (a skin tone suffix is dropped), or ''. */
export function glyphOf(name) {
  return NAMES.get(String(name).replace(/::skin-tone-[2-6]$/, '')) || '';
}

const GLYPHS = new Map([...NAMES].reverse().map(([name, glyph]) => [glyph.replace('\uFE0F', ''), name]));

/** nameOfGlyph is the name of an emoji character, or ''. */
export const nameOfGlyph = (glyph) => GLYPHS.get(glyph.replace('\uFE0F', '')) || '';

/** emojiStarting lists up to n [name, glyph] whose name starts with, then contains, the letters. */
export function emojiStarting(letters, n) {
  const all = [...NAMES];
  const starts = all.filter(([name]) => name.startsWith(letters));
  return [...starts, ...all.filter(([name]) => !name.startsWith(letters) && name.includes(letters))].slice(0, n);
}

/** emojify replaces :names: in text by their characters, for places that hold plain text only. */
export function emojify(text) {
  return String(text ?? '').replace(/:([a-z0-9_+-]{1,50})(?:::skin-tone-[2-6])?:/g, (whole, name) => glyphOf(name) || whole);
}
