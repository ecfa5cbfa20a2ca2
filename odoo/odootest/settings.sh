# shellcheck shell=bash
# What install.sh and server.sh share: where things are, and small helpers.
# Everything stands in one folder that may be removed at any time while nothing
# runs. It is not below $HOME by default, because the user postgres may have to
# enter it and /root is closed to others.

home="${KROK_TEST_HOME:-/var/cache/krok-test}"
pg_port="${KROK_TEST_PG_PORT:-45432}"
pg_data="$home/postgres"
# To be raised whenever a recipe below changes what is built: older results are then built anew.
export chroot_recipe=1
export template_recipe=3

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() { say "$*"; exit 1; }

http_port() { echo $((46000 + $1)); }
gevent_port() { echo $((46500 + $1)); }
chroot_dir() { echo "$home/odoo-$1"; }
# filestore prints the folder of one version's attachments, as the host sees it.
filestore() { echo "$home/odoo-$1/srv/odoo/filestore"; }

# with_lock NAME COMMAND… runs the command alone on this machine. The command
# must close file descriptor 9 in whatever it leaves running.
with_lock() {
  local name="$1"
  shift
  mkdir -p "$home/lock"
  (
    flock 9
    "$@"
  ) 9>"$home/lock/$name"
}

# pg_bin prints the folder of the newest PostgreSQL.
pg_bin() {
  local bin=(/usr/lib/postgresql/*/bin)
  echo "${bin[-1]}"
}

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

# sql DATABASE STATEMENT prints the answer as rows of CSV without a header.
sql() {
  PGOPTIONS='-c client_min_messages=warning' "$(pg_bin)/psql" -X -q -t --csv -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$pg_port" -U odoo -d "$1" -c "$2"
}

database_exists() {
  [ "$(sql postgres "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]
}

# "${in_chroot[@]}" DIR COMMAND… has /proc and /dev only in a mount namespace of its
# own, so that nothing stays mounted and the folder can be removed without danger.
# shellcheck disable=SC2016 # the inner shell expands these
export in_chroot=(unshare --mount --propagation private sh -c '
  dir="$1"; shift
  mount -t proc proc "$dir/proc" && mount --rbind /dev "$dir/dev" || exit 1
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$dir" "$@"' sh)

start_postgres_unlocked() {
  as_postgres "$(pg_bin)/pg_ctl" -D "$pg_data" status >/dev/null && return
  as_postgres "$(pg_bin)/pg_ctl" -D "$pg_data" -l "$pg_data/server.log" -w -t 60 start >/dev/null 9>&- ||
    die "PostgreSQL did not start: see $pg_data/server.log; with $home removed, all is made anew"
}

# start_postgres costs nothing when it runs: the scripts are called for every database of every test.
start_postgres() {
  (: <"/dev/tcp/127.0.0.1/$pg_port") 2>/dev/null || with_lock postgres start_postgres_unlocked
}
