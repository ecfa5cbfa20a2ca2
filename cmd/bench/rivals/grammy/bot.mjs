// The same bot on grammY: the runner polls and works on many chats at once, sequentialize keeps each chat in order, and the session
// lives in Redis (one GET and one SET an update).
import { run, sequentialize } from "@grammyjs/runner";
import { RedisAdapter } from "@grammyjs/storage-redis";
import { Bot, session } from "grammy";
import { Redis } from "ioredis";

const bot = new Bot(process.env.BOT_TOKEN, { client: { apiRoot: process.env.BOT_API } });
const redis = new Redis(process.env.BOT_REDIS, { enableAutoPipelining: true });
const chatOf = (ctx) => ctx.chat?.id.toString();

bot.use(sequentialize(chatOf));
bot.use(
  session({
    initial: () => ({ count: 0, last: "" }),
    getSessionKey: chatOf,
    storage: new RedisAdapter({ instance: redis }),
  }),
);
bot.on("message:text", (ctx) => {
  ctx.session.count++;
  ctx.session.last = ctx.message.text;
  return ctx.reply(`You said: ${ctx.message.text}`);
});
bot.catch((error) => console.error(error));

const runner = run(bot, { runner: { fetch: { allowed_updates: ["message"] } } });
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => runner.stop().then(() => process.exit(0)));
}
