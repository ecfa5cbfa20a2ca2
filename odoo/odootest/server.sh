#!/usr/bin/env bash
# Starts and stops what install.sh installed, and makes databases there:
#
#   server.sh start VERSION                       one Odoo server for all databases; prints its address
#   server.sh createdb VERSION NAME [TEMPLATE]    TEMPLATE is full (default), lean or the name of a database
#   server.sh dropdb VERSION NAME
#   server.sh seal VERSION NAME TEMPLATE          makes a template database of what NAME is now
#   server.sh clean VERSION                       drops what tests left that were killed
#   server.sh sql NAME STATEMENT                  prints CSV
#   server.sh run VERSION [NAME]                  an Odoo to try things in, until Ctrl-C; its database stays
#   server.sh home                                prints the folder where all this is
#   server.sh stop                                both Odoos and the PostgreSQL cluster
#   server.sh status
#
# Servers are shared by everything on the machine and go on running until stop.
set -euo pipefail
# shellcheck source=odoo/odootest/settings.sh
. "$(dirname "$0")/settings.sh"

url() { echo "http://127.0.0.1:$(http_port "$1")"; }

# odoo_pid prints the process of a version's server, or fails: the number in the
# file counts only while that process lives in the version's chroot.
odoo_pid() {
  local pid
  pid="$(cat "$(chroot_dir "$1")/srv/odoo/odoo.pid" 2>/dev/null)" || return 1
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/root")" = "$(chroot_dir "$1")" ] || return 1
  echo "$pid"
}

healthy() {
  odoo_pid "$1" >/dev/null && curl -fsS -m "${2:-20}" -o /dev/null -H 'Content-Type: text/xml' \
    -d '<methodCall><methodName>version</methodName></methodCall>' "$(url "$1")/xmlrpc/2/common" 2>/dev/null
}

# end_process PID asks it to end, waits ten seconds, then kills it.
end_process() {
  local pid="$1" _
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null || true
}

start_odoo_unlocked() {
  local version="$1" log="$home/log/odoo-$1.log" pid _
  healthy "$version" && return
  if pid="$(odoo_pid "$version")"; then
    say "Odoo $version does not answer: starting it anew"
    end_process "$pid"
  fi
  rm -f "$(chroot_dir "$version")/srv/odoo/odoo.pid"
  (exec "${in_chroot[@]}" "$(chroot_dir "$version")" setsid odoo -c /srv/odoo/odoo.conf --pidfile /srv/odoo/odoo.pid) \
    </dev/null >>"$log" 2>&1 9>&- &
  for _ in $(seq 240); do
    healthy "$version" 2 && return
    sleep 0.25
  done
  tail -n 20 "$log" >&2
  die "Odoo $version did not start: see $log"
}

start_odoo() {
  start_postgres
  with_lock "server-$1" start_odoo_unlocked "$1"
  url "$1"
}

# create_database copies a template and its files: a fresh Odoo in a second.
create_database() {
  local version="$1" name="$2" template="${3:-full}" store
  case "$template" in
  full | lean) template="krok${version}_${template}_$template_recipe" ;;
  esac
  store="$(filestore "$version")"
  start_postgres
  rm -rf "${store:?}/${name:?}"
  [ ! -d "$store/$template" ] || cp -al "$store/$template" "$store/$name"
  sql postgres "CREATE DATABASE \"$name\" TEMPLATE \"$template\" STRATEGY file_copy"
}

# seal_database copies NAME, which nobody uses any more, under a name that stands for complete.
seal_database() {
  local version="$1" name="$2" template="$3"
  sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name'" >/dev/null
  create_database "$version" "$template" "$name"
  sql postgres "ALTER DATABASE \"$template\" IS_TEMPLATE true ALLOW_CONNECTIONS false"
}

# drop_database goes through the server, which then forgets the database too; a
# template the server does not know.
drop_database() {
  local version="$1" name="$2"
  start_postgres
  case "$name" in
  krok*_of_*) sql postgres "ALTER DATABASE \"$name\" IS_TEMPLATE false" ;;
  *)
    curl -fsS -m 60 -o /dev/null -H 'Content-Type: text/xml' -d "<methodCall><methodName>drop</methodName><params>
      <param><value><string>admin</string></value></param><param><value><string>$name</string></value></param>
      </params></methodCall>" "$(url "$version")/xmlrpc/2/db" 2>/dev/null || true
    ;;
  esac
  sql postgres "DROP DATABASE IF EXISTS \"$name\" WITH (FORCE)"
  rm -rf "$(filestore "$version")/${name:?}"
}

# start_time PID prints when a process began, in the kernel's ticks: with its
# number that names one process for good.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# clean_databases: test databases are named t<version>_<pid>_<start time>_<number>.
clean_databases() {
  local version="$1" name pid began
  for name in $(sql postgres "SELECT datname FROM pg_database WHERE datname ~ '^t${version}_\d+_\d+_'"); do
    IFS=_ read -r _ pid began _ <<<"$name"
    [ "$(start_time "$pid")" = "$began" ] || drop_database "$version" "$name"
  done
}

# free_port prints the first port from the given one on where nobody listens.
free_port() {
  local port="$1"
  while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

# run_odoo is no server of the tests: it has a port of its own, one database, and its scheduled jobs run.
run_odoo() {
  local version="$1" name="${2:-krok_$1}" port gevent
  exec 9>"$home/lock/run-$name"
  flock -n 9 || die "Odoo with the database $name runs already, in another terminal"
  start_postgres
  database_exists "$name" || create_database "$version" "$name"
  port="$(free_port $((47000 + version)))"
  gevent="--gevent-port=$(free_port $((47500 + version)))"
  [ "$version" = 14 ] && gevent="--longpolling-port=${gevent#*=}"
  printf 'Odoo %s: http://127.0.0.1:%s   database: %s   login: admin   password: admin   (Ctrl-C ends it; the database stays)\n' \
    "$version" "$port" "$name"
  exec "${in_chroot[@]}" "$(chroot_dir "$version")" odoo -c /srv/odoo/odoo.conf --http-port "$port" "$gevent" -d "$name" \
    --db-filter "^$name\$" --max-cron-threads 1 --log-level warn
}

stop_all() {
  local version pid
  for version in 19 14; do
    pid="$(odoo_pid "$version")" || continue
    end_process "$pid"
  done
  [ -d "$pg_data" ] && as_postgres "$(pg_bin)/pg_ctl" -D "$pg_data" status >/dev/null || return 0
  as_postgres "$(pg_bin)/pg_ctl" -D "$pg_data" -m fast -w stop >/dev/null
}

show_status() {
  local version
  for version in 19 14; do
    if healthy "$version"; then echo "Odoo $version: $(url "$version")"; else echo "Odoo $version: not running"; fi
  done
}

case "${1:-}" in
start) start_odoo "$2" ;;
createdb) create_database "${@:2}" ;;
dropdb) drop_database "$2" "$3" ;;
seal) seal_database "$2" "$3" "$4" ;;
clean) clean_databases "$2" ;;
run) run_odoo "${@:2}" ;;
home) echo "$home" ;;
sql) start_postgres && sql "$2" "$3" ;;
stop) stop_all ;;
status) show_status ;;
*) sed -n '2,/^set/ s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
