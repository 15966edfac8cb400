#!/bin/sh
# A core dump would hold every secret in memory: none is written, whatever the system's default is.
ulimit -c 0
exec "$(dirname "$(readlink -f "$0")")/mytoken-desktop-bin" "$@"
