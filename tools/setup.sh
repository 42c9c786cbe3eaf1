#!/bin/sh
# Install the packages of requirements.lock, each checked against its hash, then this package, with what the
# machine has: uv, else an active conda environment, else Python's own venv and pip. `make` calls this once and
# again only when the lock has changed. SETUP_WITH=uv, conda or venv chooses one of the three.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }

stop() {
    printf '\nset-up stopped: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 2
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

choose() {
    if [ -n "${SETUP_WITH:-}" ]; then
        say "$SETUP_WITH"
    elif command -v uv >/dev/null 2>&1; then
        say uv
    elif [ -n "${CONDA_PREFIX:-}" ] && [ "${CONDA_DEFAULT_ENV:-base}" != base ]; then
        say conda
    else
        say venv
    fi
}

find_python() {
    for name in python3.12 python3.13 python3.11 python3.14 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
}

usable_venv() { [ -x .venv/bin/python ] && new_enough .venv/bin/python; }

with_uv() {
    { usable_venv || uv venv --quiet --clear --python '>=3.11' .venv; } &&
        uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r requirements.lock &&
        uv pip install --quiet --offline --python .venv/bin/python --no-deps --no-build-isolation -e .
}

with_pip() {
    "$1" -m pip install --quiet --require-hashes -r requirements.lock &&
        "$1" -m pip install --quiet --no-index --no-deps --no-build-isolation -e .
}

with_conda() {
    python=${CONDA_PREFIX:-}/bin/python
    new_enough "$python" || stop "the active conda environment has no Python 3.11 or newer" \
        "make one that has:  conda env create -f environment.yml" \
        "then:               conda activate transforming-together"
    with_pip "$python" || return
    # The same path as everywhere else, so that the Makefile need not know where Python is.
    mkdir -p .venv/bin &&
        rm -f .venv/bin/python &&
        printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >.venv/bin/python &&
        chmod +x .venv/bin/python
}

with_venv() {
    if ! usable_venv || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python=$(find_python)
        [ -n "$python" ] || stop "no Python 3.11 or newer, no uv and no active conda environment was found" \
            "any one of these serves, then run make again:" \
            "  uv                 https://docs.astral.sh/uv/ (one file, brings its own Python)" \
            "  Python 3.12        https://www.python.org/downloads/" \
            "                     Debian, Ubuntu: sudo apt install python3 python3-venv" \
            "                     macOS:          brew install python@3.12" \
            "  conda              conda env create -f environment.yml && conda activate transforming-together"
        "$python" -c 'import venv, ensurepip' 2>/dev/null || stop "$python lacks the modules venv and ensurepip" \
            "Debian, Ubuntu: sudo apt install python3-venv" \
            "elsewhere: reinstall Python from https://www.python.org/downloads/, or install uv (https://docs.astral.sh/uv/)"
        "$python" -m venv --clear .venv || return
    fi
    with_pip .venv/bin/python
}

tool=$(choose)
case $tool in
    uv | conda | venv) ;;
    *) stop "SETUP_WITH=$tool is not known" "allowed: uv, conda, venv" ;;
esac
say "Installing the locked packages with $tool (once; it takes a few minutes) ..."
"with_$tool" || stop "the packages could not be installed; the reason stands above" \
    "without a network the first installation can't work; later runs need none" \
    "to begin again: rm -rf .venv, then run make again"
say "Installed."
