// Emoji as elements. Where the machine has no colour emoji font, the ones that work
// messages use are drawn here, and the others are shown by their :name:.

import { h } from './dom.js';
import { glyphOf, nameOfGlyph } from './emoji.js';

const SVG = 'http://www.w3.org/2000/svg';
const RED = '#d3402f', GREEN = '#1f9254', BLUE = '#2b74c4', AMBER = '#e3a21a', GREY = '#7b8785', GOLD = '#c99316', WHITE = '#fff', ORANGE = '#e07b2a';
const DISC = 'M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z';
const TILE = 'M4.5 1.5h11a3 3 0 0 1 3 3v11a3 3 0 0 1-3 3h-11a3 3 0 0 1-3-3v-11a3 3 0 0 1 3-3z';
const solid = (d, colour) => [d, colour, ''];
const line = (d, colour, width = 2) => [d, '', colour, width];
const disc = (colour) => [solid(DISC, colour)];
const tile = (colour, ...more) => [solid(TILE, colour), ...more];

// name -> layers of [path, fill, stroke, stroke width] on a 20 x 20 grid.
const DRAWN = {
  white_check_mark: tile(GREEN, line('M5.5 10.3l3.2 3.3 6-7.2', WHITE, 2.4)), heavy_check_mark: [line('M3 10.5l4.6 4.8L17 4.5', GREEN, 2.8)],
  ballot_box_with_check: tile(BLUE, line('M5.5 10.3l3.2 3.3 6-7.2', WHITE, 2.4)),
  x: [line('M4 4l12 12M16 4L4 16', RED, 3)], negative_squared_cross_mark: tile(GREEN, line('M6 6l8 8M14 6l-8 8', WHITE, 2.4)),
  warning: [solid('M10 1.8L19 18H1z', AMBER), line('M10 7.3v5.2', '#3a2a00', 2), line('M10 15.2v.2', '#3a2a00', 2.2)],
  no_entry: [...disc(RED), line('M5.5 10h9', WHITE, 3)], no_entry_sign: [line('M10 2.7a7.3 7.3 0 1 0 0 14.6 7.3 7.3 0 0 0 0-14.6zM5 5l10 10', RED, 2.4)],
  octagonal_sign: [solid('M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z', RED)], stop_sign: [solid('M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z', RED)],
  rotating_light: [solid('M4 16h12v2.5H4z', GREY), solid('M5.5 15V9a4.5 4.5 0 0 1 9 0v6z', RED), line('M10 1v1.5M2.5 4l1.3 1.2M17.5 4l-1.3 1.2', ORANGE, 1.6)],
  exclamation: [line('M10 2.5v10', RED, 3), line('M10 17v.2', RED, 3.2)], question: [line('M6.5 6a3.5 3.5 0 1 1 4.6 3.3c-.8.3-1.1.9-1.1 1.8V12', RED, 2.6), line('M10 17v.2', RED, 3)],
  grey_question: [line('M6.5 6a3.5 3.5 0 1 1 4.6 3.3c-.8.3-1.1.9-1.1 1.8V12', GREY, 2.6), line('M10 17v.2', GREY, 3)],
  shrug: [solid('M10 1.5a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600z', GOLD), solid('M6.500 18.500v-6.500c0-2.200 1.500-3.700 3.500-3.700s3.500 1.500 3.500 3.700v6.500z', BLUE), line('M6.800 11.500L3.500 13 2 9.500M13.200 11.500l3.300 1.500L18 9.500', GOLD, 1.8)],
  compass: [...disc(GREY), solid('M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12z', '#f4f7f6'), solid('M13.500 6.500l-2 5-5 2 2-5z', RED)],
  mortar_board: [solid('M10 3.500L1 8l9 4.500L19 8z', '#30393a'), solid('M5 10.800v3.700c2.800 2.300 7.200 2.300 10 0v-3.700l-5 2.500z', GREY), line('M17.500 8.800v5.700', GOLD, 1.5)],
  arrow_forward: tile(BLUE, solid('M7 5l8 5-8 5z', WHITE)), double_vertical_bar: tile(BLUE, line('M7.500 6v8M12.500 6v8', WHITE, 2.4)),
  repeat: tile(BLUE, line('M5 9.500V8.200h9M15 10.500v1.300H6', WHITE, 1.8), line('M12.200 6l2.200 2.200-2.200 2.200M7.800 9.600L5.600 11.800 7.800 14', WHITE, 1.6)),
  robot_face: [solid('M4 6h12v11H4z', GREY), line('M10 6V2.500', GREY, 1.8), solid('M6.500 9h2.500v2.500H6.500zM11 9h2.500v2.500H11z', WHITE), line('M7 14.500h6', WHITE, 1.600)],
  satellite_antenna: [solid('M3 8a7 7 0 0 0 9 9z', GREY), line('M7.500 12.500L12 8', GREY, 1.8), line('M11 4.500a5 5 0 0 1 4.500 4.500M11 1.500a8 8 0 0 1 7.500 7.500', BLUE, 1.600)],
  boom: [solid('M10 1l1.800 4.500L16 3l-1.200 4.600L19 9l-3.800 2.300L17 16l-4.600-1.500L10 19l-2.200-4.500L3 16l1.800-4.700L1 9l4.200-1.400L4 3l4.200 2.500z', ORANGE)],
  wastebasket: [solid('M5 6.500h10L14 18.500H6z', GREY), line('M3.500 5h13M8 5V2.500h4V5', GREY, 1.8)],
  information_source: tile(BLUE, line('M10 9.3V15', WHITE, 2.4), line('M10 5.4v.2', WHITE, 2.6)),
  bulb: [solid('M10 1.5a5.7 5.7 0 0 0-3.2 10.4V14h6.4v-2.1A5.7 5.7 0 0 0 10 1.5z', AMBER), line('M7.6 16h4.8M8.6 18.3h2.8', GREY, 1.6)],
  lock: [line('M6.3 9V6.3a3.7 3.7 0 0 1 7.4 0V9', GREY, 2), solid('M4 8.7h12v9.3H4z', GOLD)], unlock: [line('M6.3 9V5.3a3.7 3.7 0 0 1 7-1.6', GREY, 2), solid('M4 8.7h12v9.3H4z', GOLD)],
  key: [line('M13 2.8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 9.6L3 16.6v1.2h2.6v-2h2', GOLD, 2)], closed_lock_with_key: [line('M6.3 9V6.3a3.7 3.7 0 0 1 7.4 0V9', GREY, 2), solid('M4 8.7h12v9.3H4z', GOLD), line('M10 12v3', '#3a2a00', 1.8)],
  shield: [solid('M10 1.5l7 2.3v5.4c0 4.4-2.8 7.7-7 9.3-4.2-1.6-7-4.9-7-9.3V3.8z', BLUE)],
  scroll: [solid('M4 2.5h12v15H4z', '#e8d3a2'), line('M6.5 6.5h7M6.5 10h7M6.5 13.5h4.5', '#8a6a2a', 1.3)],
  page_facing_up: [solid('M4 1.5h8l4 4v13H4z', '#d7e0df'), line('M6.5 8.5h7M6.5 11.5h7M6.5 14.5h4.5', GREY, 1.3)],
  clipboard: [solid('M4 3h12v15.5H4z', '#a9743f'), solid('M5.7 5h8.6v11.8H5.7z', '#f5f3ee'), solid('M7.5 1.5h5v3.2h-5z', GREY)],
  memo: [solid('M3.5 2h11v16h-11z', '#d7e0df'), line('M6 6h6M6 9h4', GREY, 1.3), line('M17.5 6.5l-7 7.5-1 2.6', ORANGE, 2)],
  paperclip: [line('M14.5 9.5l-5 5a3 3 0 0 1-4.3-4.3l6-6a2 2 0 0 1 2.9 2.9l-5.8 5.8', GREY, 1.8)], link: [line('M8.3 11.7a3 3 0 0 0 4.2 0l3.3-3.3a3 3 0 0 0-4.2-4.2l-1 1M11.7 8.3a3 3 0 0 0-4.2 0l-3.3 3.3a3 3 0 0 0 4.2 4.2l1-1', GREY, 1.9)],
  package: [solid('M2.5 6L10 2.5 17.5 6v8.5L10 18l-7.5-3.5z', '#b98546'), line('M2.5 6L10 9.5 17.5 6M10 9.5V18', '#7d5623', 1.3)],
  inbox_tray: [line('M10 2v8M7 7.5l3 3 3-3', BLUE, 2), line('M3 11.5v6h14v-6', GREY, 2)], outbox_tray: [line('M10 11V3M7 5.8l3-3 3 3', BLUE, 2), line('M3 11.5v6h14v-6', GREY, 2)],
  calendar: [solid('M2.5 4h15v14h-15z', '#e6ebea'), solid('M2.5 3h15v4.5h-15z', RED), line('M6 11h2M9.5 11h2M13 11h1.5M6 14.5h2M9.5 14.5h2', GREY, 1.5)],
  hourglass_flowing_sand: [line('M5 2.5h10M5 17.5h10M6 2.5c0 4.5 3 5 3 7.500s-3 3-3 7.500M14 2.500c0 4.5-3 5-3 7.500s3 3 3 7.5', GREY, 1.7), solid('M7 5h6c-.5 2-2 3-3 4-1-1-2.5-2-3-4zM7.2 16.500h5.600c-.4-1.7-1.8-2.3-2.8-2.300s-2.4.6-2.8 2.300z', AMBER)],
  alarm_clock: [line('M10 4.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 7.500V11l2.3 1.500M2.5 5L5 2.700M17.5 5L15 2.7', RED, 1.8)],
  arrows_counterclockwise: tile(BLUE, line('M6 9a4.2 4.2 0 0 1 7.5-1.800M14 11a4.2 4.2 0 0 1-7.5 1.8', WHITE, 1.8), line('M14 4.800v2.600h-2.600M6 15.200v-2.600h2.6', WHITE, 1.6)),
  arrow_right: tile(BLUE, line('M5.5 10h8.500M10.8 6.500l3.5 3.5-3.5 3.5', WHITE, 2)), arrow_left: tile(BLUE, line('M14.5 10H6M9.2 6.500L5.7 10l3.5 3.5', WHITE, 2)),
  mag: [line('M8.5 2.800a5.7 5.7 0 1 0 0 11.4 5.7 5.7 0 0 0 0-11.400zM12.7 12.700l4.8 4.8', GREY, 2.2)], gear: [line('M10 6.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.800v3M10 15.200v3M1.8 10h3M15.2 10h3M4.2 4.200l2.1 2.100M13.7 13.700l2.1 2.100M15.8 4.200l-2.1 2.100M6.3 13.700l-2.1 2.1', GREY, 2)],
  bell: [solid('M10 1.800c-3 0-5 2.3-5 5.200v4L3 14.500h14L15 11V7c0-2.9-2-5.2-5-5.200z', GOLD), line('M8.3 17.300h3.4', GOLD, 2)], speech_balloon: [solid('M2.5 3h15v10.500H9L5 17.500v-4H2.500z', '#cfd8d7'), line('M6 7h8M6 10h5', GREY, 1.4)],
  eyes: [['M5.5 4c2 0 3.5 2.7 3.5 6s-1.5 6-3.5 6S2 13.3 2 10s1.5-6 3.5-6zM14.5 4c2 0 3.5 2.7 3.5 6s-1.5 6-3.5 6-3.5-2.7-3.5-6 1.5-6 3.5-6z', '#f4f7f6', GREY, 0.9], solid('M4.8 7.500c1 0 1.7 1.1 1.7 2.500s-.7 2.5-1.7 2.5-1.8-1.1-1.8-2.5.8-2.5 1.8-2.500zM13.8 7.500c1 0 1.7 1.1 1.7 2.500s-.7 2.5-1.7 2.5-1.8-1.1-1.8-2.5.8-2.5 1.8-2.500z', '#26302f')],
  tada: [solid('M2 18L7 6.500l6.5 6.500z', GOLD), line('M9.5 5c.5-1.5 2-2 2.5-3M12 8c2-1 3.5-.5 5-2M14 11.500c1.5-.5 2.5 0 4-.5', RED, 1.6), line('M15 2.500v.2M17.5 8.500v.2M7 3v.2', BLUE, 2)],
  raised_hand: [solid('M5 10V5.200a1.3 1.3 0 0 1 2.5 0V3.300a1.3 1.3 0 0 1 2.6 0v-.4a1.3 1.3 0 0 1 2.6 0V5a1.3 1.3 0 0 1 2.5 0v7.500c0 3.5-2 6-5 6-3.7 0-4.5-2.5-7-7 1-.8 1.6-.6 1.8-1.500z', GOLD)],
  '+1': [solid('M2 9h3.500v8.500H2zM6.7 9L10 2c1.8 0 2.3 1.5 1.8 3.300L11.3 8h5c1.4 0 2 1 1.7 2.200l-1.5 5.800c-.3 1-1 1.5-2 1.500H6.700z', GOLD)],
  '-1': [solid('M2 11h3.500V2.500H2zM6.7 11l3.3 7c1.8 0 2.3-1.5 1.8-3.300l-.5-2.700h5c1.4 0 2-1 1.7-2.200L16.5 4c-.3-1-1-1.5-2-1.500H6.700z', GOLD)],
  pushpin: [solid('M7 2h6l-.8 6 2.8 2.500v1.500H5v-1.500L7.8 8z', RED), line('M10 12v6', GREY, 1.6)], construction: [solid('M1.5 6h17v6h-17z', AMBER), line('M5 12.500v5M15 12.500v5', GREY, 1.8), line('M5 12l4-6M11 12l4-6', '#2a2a2a', 1.8)],
  star: [solid('M10 1.800l2.5 5.3 5.7.7-4.2 4 1.1 5.700L10 14.700l-5.1 2.800L6 11.800l-4.2-4 5.7-.7z', AMBER)], sparkles: [solid('M8 4l1.6 4.400L14 10l-4.4 1.600L8 16l-1.6-4.400L2 10l4.4-1.600zM15 2l.8 2.200L18 5l-2.2.8L15 8l-.8-2.200L12 5l2.2-.8z', AMBER)],
  large_green_circle: disc(GREEN), red_circle: disc(RED), large_yellow_circle: disc(AMBER), large_orange_circle: disc(ORANGE), large_blue_circle: disc(BLUE), white_circle: [solid(DISC, '#dfe5e4')], black_circle: disc('#30393a'),
};
for (const [same, as] of [['hourglass', 'hourglass_flowing_sand'], ['date', 'calendar'], ['spiral_calendar_pad', 'calendar'], ['thumbsup', '+1'], ['thumbsdown', '-1'],
  ['heavy_exclamation_mark', 'exclamation'], ['hand', 'raised_hand'], ['mag_right', 'mag'], ['arrows_clockwise', 'arrows_counterclockwise'], ['blue_circle', 'large_blue_circle'],
  ['page_with_curl', 'page_facing_up'], ['pencil', 'memo'], ['old_key', 'key'], ['lock_with_ink_pen', 'lock'], ['star2', 'sparkles'], ['stopwatch', 'alarm_clock'], ['leftwards_arrow_with_hook', 'arrow_left']]) {
  DRAWN[same] = DRAWN[as];
}

// A colour font paints pixels that are not grey although the ink is black.
const coloured = (() => {
  const g = Object.assign(document.createElement('canvas'), { width: 20, height: 20 }).getContext('2d', { willReadFrequently: true });
  g.font = '16px sans-serif';
  g.fillText('\u2705', 0, 16);
  const { data } = g.getImageData(0, 0, 20, 20);
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] && Math.abs(data[i] - data[i + 1]) > 30) return true;
  return false;
})();

/** emoji is the element of an emoji name; null for a name that is unknown. */
export function emoji(name, glyph = glyphOf(name)) {
  const plain = String(name).replace(/::skin-tone-[2-6]$/, '');
  if (!glyph) return null;
  const title = `:${plain}:`;
  if (coloured) return h('span', { class: 'emoji', title }, glyph);
  if (!DRAWN[plain]) return h('span', { class: 'emoji-name', title }, title);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  for (const [d, inside, stroke, width] of DRAWN[plain]) {
    const path = document.createElementNS(SVG, 'path');
    for (const [k, v] of Object.entries({ d, fill: inside || 'none', stroke: stroke || 'none', 'stroke-width': width || 0 })) path.setAttribute(k, v);
    svg.append(path);
  }
  return h('span', { class: 'emoji drawn', title, role: 'img', 'aria-label': plain.replace(/_/g, ' ') }, svg, h('span', { class: 'emoji-char' }, glyph));
}

const NAMED = /:([a-z0-9_+-]{1,50})(?:::skin-tone-[2-6])?:/g;
const NAMED_OR_DRAWN = /:([a-z0-9_+-]{1,50})(?:::skin-tone-[2-6])?:|\p{Extended_Pictographic}\uFE0F?/gu;

/** withEmoji splits text at :names: (and at characters that must be drawn) into text and emoji. */
export function withEmoji(source) {
  const text = String(source ?? '');
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(coloured ? NAMED : NAMED_OR_DRAWN)) {
    const name = match[1] || nameOfGlyph(match[0]);
    const node = match[1] || DRAWN[name] ? emoji(name) : null;
    if (!node) continue;
    if (match.index > at) nodes.push(text.slice(at, match.index));
    nodes.push(node);
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}
