// The same bot on Telegraf: the updates of one batch are worked on at once, those of one chat one after another, and the session
// lives in Redis (one GET and one SET an update).
import http from "node:http";
import { createClient } from "redis";
import { Telegraf, session } from "telegraf";

const redis = await createClient({ url: process.env.BOT_REDIS }).connect();
const bot = new Telegraf(process.env.BOT_TOKEN, {
  telegram: { apiRoot: process.env.BOT_API, agent: new http.Agent({ keepAlive: true, keepAliveMsecs: 10_000 }) },
});

const store = {
  get: async (key) => JSON.parse((await redis.get(key)) ?? "null") ?? undefined,
  set: (key, value) => redis.set(key, JSON.stringify(value)),
  delete: (key) => redis.del(key),
};

// Telegraf itself has no order within a chat: each update waits for the one before it.
const chains = new Map();
async function inOrder(ctx, next) {
  const chat = ctx.chat.id;
  const mine = (chains.get(chat) ?? Promise.resolve()).then(next);
  const settled = mine.catch(() => {});
  chains.set(chat, settled);
  try {
    await mine;
  } finally {
    if (chains.get(chat) === settled) chains.delete(chat);
  }
}

bot.use(inOrder);
bot.use(session({ store, getSessionKey: (ctx) => ctx.chat.id.toString(), defaultSession: () => ({ count: 0, last: "" }) }));
bot.on("text", (ctx) => {
  ctx.session.count++;
  ctx.session.last = ctx.message.text;
  return ctx.reply(`You said: ${ctx.message.text}`);
});
bot.catch((error) => console.error(error));

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => bot.stop(signal));
}
await bot.launch({ allowedUpdates: ["message"] });
