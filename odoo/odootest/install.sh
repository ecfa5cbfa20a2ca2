#!/usr/bin/env bash
# Installs what the tests on real software need on a Debian 12 machine: packages
# of the host (PostgreSQL, Redis, Chromium), Odoo 19 and 14 in a chroot each, a
# private PostgreSQL cluster and template databases. Run as root:
#
#   install.sh [VERSION…]        default: 19 14
#
# It may run twice, also at the same time; what is complete is left alone, what
# was left half made is made again.
set -euo pipefail
# shellcheck source=odoo/odootest/settings.sh
. "$(dirname "$0")/settings.sh"

lean_modules=contacts,base_automation,base_import_module
full_modules=crm,sale_management,sale_crm,delivery,stock,survey,project,contacts,base_automation,base_import_module,utm,calendar

# install_packages NAME… asks apt only for what is missing.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  apt-get update -q >"$home/log/apt.log" 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" \
    </dev/null >>"$home/log/apt.log" 2>&1 || die "apt-get failed: see $home/log/apt.log"
}

# mirror prints the address that this host takes Debian from.
mirror() {
  local codename
  codename="$(. /etc/os-release && echo "$VERSION_CODENAME")"
  # shellcheck disable=SC2016 # apt expands it
  apt-get indextargets --format '$(REPO_URI)' "Codename: $codename" 'Created-By: Packages' | head -n 1
}

# The cluster keeps nothing that matters, so it need not survive a power cut.
make_cluster() {
  [ -e "$pg_data/krok-ready" ] && return
  say "making the PostgreSQL cluster"
  rm -rf "$pg_data"
  install -d -o postgres -g postgres -m 700 "$pg_data"
  as_postgres "$(pg_bin)/initdb" -D "$pg_data" -U odoo -A trust -E UTF8 --locale C.UTF-8 --no-sync >"$home/log/initdb.log"
  as_postgres tee -a "$pg_data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $pg_port
unix_socket_directories = '$pg_data'
max_connections = 400
shared_buffers = 512MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 30min
autovacuum_naptime = 5min
jit = off
CONF
  touch "$pg_data/krok-ready"
}

# configure_chroot DIR makes apt quick and quiet in there, and lets no service start.
configure_chroot() {
  local dir="$1"
  printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d"
  chmod 755 "$dir/usr/sbin/policy-rc.d"
  cat >"$dir/etc/apt/apt.conf.d/krok" <<'CONF'
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
APT::Install-Recommends "false";
Dir::Cache::pkgcache "";
CONF
  cat >"$dir/etc/dpkg/dpkg.cfg.d/krok" <<'CONF'
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
CONF
  [ ! -e /etc/apt/apt.conf ] || cp /etc/apt/apt.conf "$dir/etc/apt/apt.conf"
  cp /etc/resolv.conf /etc/hosts "$dir/etc/"
}

# add_sid lets the chroot take Odoo 19 from sid and everything else from its own
# release: Python of sid is too new for Odoo 19.
add_sid() {
  local dir="$1"
  sed 's/\btrixie\b/sid/' "$dir/etc/apt/sources.list" >"$dir/etc/apt/sources.list.d/sid.list"
  printf 'Package: *\nPin: release n=sid\nPin-Priority: 50\n' >"$dir/etc/apt/preferences.d/sid"
}

odoo_packages() {
  case "$1" in
  19) echo odoo-19/sid tzdata tzdata-legacy fonts-dejavu-core ;;
  14) echo odoo-14 tzdata fonts-dejavu-core ;;
  *) die "there is a recipe for Odoo 19 and 14 only, not $1" ;;
  esac
}

make_chroot() {
  local version="$1" dir suite log packages
  dir="$(chroot_dir "$version")" log="$home/log/chroot-$version.log"
  [ "$(cat "$dir/krok-ready" 2>/dev/null)" = "$chroot_recipe" ] && return
  suite=trixie
  [ "$version" = 14 ] && suite=bullseye
  read -ra packages <<<"$(odoo_packages "$version")"
  say "Odoo $version: base system ($suite)"
  rm -rf --one-file-system "$dir"
  unshare --mount --propagation private \
    debootstrap --variant=minbase "$suite" "$dir" "$(mirror)" >"$log" 2>&1 || die "debootstrap failed: see $log"
  configure_chroot "$dir"
  [ "$version" = 14 ] || add_sid "$dir"
  say "Odoo $version: packages"
  "${in_chroot[@]}" "$dir" apt-get update -q >>"$log" 2>&1 || die "apt-get update failed: see $log"
  "${in_chroot[@]}" "$dir" apt-get install -q -y "${packages[@]}" </dev/null >>"$log" 2>&1 || die "apt-get failed: see $log"
  rm -rf "$dir"/var/cache/apt/archives/*.deb "$dir"/var/lib/apt/lists/*
  mkdir -p "$dir/srv/odoo/filestore"
  echo "$chroot_recipe" >"$dir/krok-ready"
}

# write_config: threads instead of workers serve all databases from one process;
# no scheduled jobs by themselves (tests that want one run it); the soft limit
# decides only how many registries stay in memory.
write_config() {
  local version="$1" file="$2" gevent=gevent_port
  [ "$version" = 14 ] && gevent=longpolling_port
  cat >"$file" <<CONF
[options]
db_host = 127.0.0.1
db_port = $pg_port
db_user = odoo
db_password = odoo
db_maxconn = 100
data_dir = /srv/odoo
http_interface = 127.0.0.1
http_port = $(http_port "$version")
$gevent = $(gevent_port "$version")
dbfilter = .*
list_db = True
admin_passwd = admin
workers = 0
max_cron_threads = 0
limit_memory_soft = 12884901888
limit_memory_hard = 0
limit_time_real = 600
log_level = warn
CONF
}

# build_template VERSION NAME FROM MODULES makes template database NAME, as a copy
# of database FROM unless that is empty. It gets its name only when it is complete.
build_template() {
  local version="$1" name="$2" from="$3" modules="$4" build store log
  build="build_$name" store="$(filestore "$version")" log="$home/log/$name.log"
  database_exists "$name" && return
  say "Odoo $version: template database $name"
  sql postgres "DROP DATABASE IF EXISTS $build WITH (FORCE)"
  rm -rf "${store:?}/$build" "${store:?}/$name"
  if [ -n "$from" ]; then
    sql postgres "CREATE DATABASE $build TEMPLATE $from"
    [ ! -d "$store/$from" ] || cp -al "$store/$from" "$store/$build"
  fi
  "${in_chroot[@]}" "$(chroot_dir "$version")" odoo -c /srv/odoo/odoo.conf -d "$build" -i "$modules" \
    --load-language en_US,uk_UA --without-demo=all --no-http --stop-after-init >"$log" 2>&1 || die "Odoo failed: see $log"
  sql "$build" "SELECT 'made' FROM ir_module_module WHERE name = 'base_automation' AND state = 'installed'" |
    grep -qx made || die "modules are missing in $build: see $log"
  "${in_chroot[@]}" "$(chroot_dir "$version")" odoo shell -c /srv/odoo/odoo.conf -d "$build" --no-http \
    <"$(dirname "$0")/assets.py" >>"$log" 2>&1 || die "making the web client's assets failed: see $log"
  sql "$build" 'VACUUM ANALYZE'
  [ ! -d "$store/$build" ] || mv "$store/$build" "$store/$name"
  sql postgres "ALTER DATABASE $build RENAME TO $name"
  sql postgres "ALTER DATABASE $name IS_TEMPLATE true ALLOW_CONNECTIONS false"
}

# drop_outdated removes the templates that older recipes made, and what tests built on them.
drop_outdated() {
  local version="$1" name
  for name in $(sql postgres "SELECT datname FROM pg_database
      WHERE datname ~ '^krok${version}_' AND datname !~ '_(lean|full)_$template_recipe\$'"); do
    sql postgres "ALTER DATABASE $name IS_TEMPLATE false"
    sql postgres "DROP DATABASE $name WITH (FORCE)"
    rm -rf "$(filestore "$version")/${name:?}"
  done
}

install_version() {
  local version="$1"
  make_chroot "$version"
  write_config "$version" "$(chroot_dir "$version")/srv/odoo/odoo.conf"
  build_template "$version" "krok${version}_lean_$template_recipe" '' "$lean_modules"
  build_template "$version" "krok${version}_full_$template_recipe" "krok${version}_lean_$template_recipe" "$full_modules"
  drop_outdated "$version"
  echo "$chroot_recipe.$template_recipe" >"$home/ready-$version"
}

complete() {
  local version
  command -v redis-server chromium >/dev/null || return 1
  for version in "$@"; do
    [ "$(cat "$home/ready-$version" 2>/dev/null)" = "$chroot_recipe.$template_recipe" ] || return 1
    [ -e "$pg_data/krok-ready" ] || return 1
  done
}

install_all() {
  local version pids=() failed=0
  complete "$@" && return
  install_packages debootstrap postgresql util-linux
  make_cluster
  start_postgres
  for version in "$@"; do
    (install_version "$version") &
    pids+=($!)
  done
  (install_packages redis-server chromium fonts-noto-core fonts-dejavu-core) &
  pids+=($!)
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  [ "$failed" = 0 ] || die 'the installation is not complete'
  say 'all is installed'
}

[ "$(id -u)" = 0 ] || die 'install.sh must run as root: it makes chroots'
mkdir -p "$home/log"
if [ $# = 0 ]; then set -- 19 14; fi
with_lock install install_all "$@"
