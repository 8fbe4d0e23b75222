#!/bin/sh
# Make the virtual environment and install requirements.txt into it. Called by the Makefile.
# A second run does nothing; an environment that is broken, half made, or made with another Python is made anew.
set -eu

PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}
READY="$VENV/.ready"

say() { printf '%s\n' "$*" >&2; }

command -v "$PYTHON" >/dev/null 2>&1 || { say "set-up: no interpreter named $PYTHON; choose one: PYTHON=python3.12 make test"; exit 1; }
WANTED=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $WANTED in
3.11 | 3.12 | 3.13) ;;
*) say "set-up: $PYTHON is Python $WANTED; the course runs on 3.11, 3.12 and 3.13. Choose one: PYTHON=python3.12 make test"; exit 1 ;;
esac

# What the environment was made from: interpreter, place, requirements and package metadata.
stamp() { { printf '%s %s\n' "$WANTED" "$(cd "$(dirname "$0")/.." && pwd)"; cat requirements.txt pyproject.toml; } | cksum; }
STAMP=$(stamp)

if [ -f "$READY" ] && [ "$(cat "$READY")" = "$STAMP" ] &&
    "$VENV/bin/python" -c "${SETUP_PROBE:-import course_utils, numpy, pytest, jupyterlab}" >/dev/null 2>&1; then
    exit 0
fi

reason="making $VENV with Python $WANTED"
if [ -e "$VENV" ]; then
    reason="updating $VENV with Python $WANTED"
    have=$("$VENV/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo broken)
    if [ "$have" != "$WANTED" ] || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        [ -f "$VENV/pyvenv.cfg" ] || [ ! -d "$VENV" ] || [ -z "$(ls -A "$VENV")" ] || {
            say "set-up: $VENV exists and is no virtual environment; move it away or choose another: VENV=env make test"; exit 1; }
        reason="$VENV is $have; making it again with Python $WANTED"
        rm -rf "$VENV"
    fi
fi
say "set-up: $reason, once: TensorFlow, JupyterLab and what the lessons use; about 3.1 GB, most often 1.5 to 3 minutes"
rm -f "$READY"

if [ ! -e "$VENV" ] && ! "$PYTHON" -m venv "$VENV" >/dev/null 2>&1; then
    rm -rf "$VENV"
    # Debian and Ubuntu ship Python without the venv module's ensurepip.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "set-up: installing python${WANTED}-venv"
        apt-get update -qq >/dev/null && apt-get install -y -qq "python${WANTED}-venv" >/dev/null
    fi
    "$PYTHON" -m venv "$VENV" || {
        say "set-up: could not make $VENV. On Debian or Ubuntu: sudo apt install python${WANTED}-venv"; exit 1; }
fi

# opencv-python, where it is already there, is the same library: do not put a second copy over it.
CHOSEN="$VENV/requirements.txt"
if "$VENV/bin/python" -m pip show opencv-python >/dev/null 2>&1; then
    grep -v '^opencv-python-headless' requirements.txt >"$CHOSEN"
else
    cp requirements.txt "$CHOSEN"
fi
# `-e .` is read relative to the folder pip runs in, which is the repository's root.
# Somebody who waits at a terminal sees what is fetched.
quiet=$([ -t 2 ] || echo --quiet)
# shellcheck disable=SC2086
PIP_DISABLE_PIP_VERSION_CHECK=1 "$VENV/bin/python" -m pip install $quiet --prefer-binary -r "$CHOSEN" || {
    say "set-up: installing requirements.txt failed; the message above says why. Run the same command again to go on."; exit 1; }
# `jupyter nbconvert` from here keeps the pictures' descriptions.
mkdir -p "$VENV/etc/jupyter"
printf 'load_subconfig(r"%s/tools/jupyter/jupyter_nbconvert_config.py")\n' "$PWD" >"$VENV/etc/jupyter/jupyter_nbconvert_config.py"
printf '%s\n' "$STAMP" >"$READY"
say "set-up: done"
