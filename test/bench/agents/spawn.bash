#!/bin/bash
# Microseconds that COUNT runs of a command take, one a line. A shell starts programs with less ado than Node.
count=$1
shift
took=()
for ((i = 0; i < count; i++)); do
  begin=${EPOCHREALTIME/[.,]/}
  "$@" >/dev/null || exit 1
  end=${EPOCHREALTIME/[.,]/}
  took+=($((end - begin)))
done
printf '%s\n' "${took[@]}"
