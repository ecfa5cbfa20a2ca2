#!/usr/bin/env bash
# Shows krok's main job: a real Odoo 19 with krok's forms and the sample bot, and a chat with the bot in this terminal.
# The database stays for the next time; the Odoo ends with the chat.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
database=krok_demo

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "This needs a Debian machine and root, to install Odoo from Debian's packages into a folder of its own." >&2
  echo "On any other machine: docker compose up -d, as compose.yaml says at its top." >&2
  exit 1
fi

(cd "$root" && "${GO:-go}" build -trimpath -o bin/krok ./cmd/krok)
"$here/install.sh" 19
folder="$("$here/server.sh" home)/demo"
mkdir -p "$folder"
"$here/server.sh" createdb 19 "$database" lean 2>/dev/null || true # it is there already

log="$(mktemp)"
"$here/server.sh" run 19 "$database" </dev/null >"$log" 2>&1 &
odoo=$!
trap 'kill -INT "$odoo" 2>/dev/null; wait "$odoo" 2>/dev/null || true; rm -f "$log"' EXIT
trap 'exit 130' INT TERM
url=""
for _ in $(seq 120); do
  url="$(sed -n 's/^Odoo 19: \(http[^ ]*\).*/\1/p' "$log")"
  [ -n "$url" ] && curl -fsS -m 5 -o /dev/null "$url/web/login" 2>/dev/null && break
  kill -0 "$odoo" 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.5
done

krok() { (cd "$folder" && "$root/bin/krok" "$@"); }
admin=(--odoo-url "$url" --odoo-db "$database" --odoo-login admin --odoo-key admin --yes)
krok install "${admin[@]}"
krok import "$root/cmd/krok/sample/shop.yaml" "${admin[@]}" | tail -n 1

cat <<WORDS

  The bot's forms:  $url   login admin, password admin, menu Chatbot
  A chat with the bot opens here. Change a text in a form and save it: the next answer has it. Ctrl-C ends it all.

WORDS
krok chat --bot zerno
