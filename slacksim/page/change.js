// One rule for every chosen value: keep it, ask when the element has a confirm object,
// and send the interaction where Slack would.

import { ask } from './confirm.js';

/** change records a new value; on a refusal of the confirm dialog it calls revert. */
export async function change(el, ctx, value, revert) {
  const before = ctx.surface.get(ctx.block, el);
  if (ctx.dispatches && el.confirm && !(await ask(el.confirm))) {
    ctx.surface.set(ctx.block, el, before);
    revert();
    return;
  }
  ctx.surface.set(ctx.block, el, value);
  if (ctx.touched) ctx.touched();
  if (ctx.dispatches) await ctx.surface.act(ctx.block, el);
}
