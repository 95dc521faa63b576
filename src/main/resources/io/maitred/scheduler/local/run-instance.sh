#!/bin/bash
# Runs one instance of a service: run-instance.sh <record> <script>
# Leads the instance's session and process group, and outlives the node that started it.
# Uses nothing but the shell itself, because PATH is the service's own.
record=$1
script=$2

# Who runs it: process id, its start time, and the start of the machine that both belong to.
IFS= read -r stat < "/proc/$$/stat"
IFS= read -r boot < /proc/sys/kernel/random/boot_id
set -- ${stat##*) }
printf '%s %s %s\n' "$$" "${20}" "$boot" > "$record.pid" || exit 125

# The order matters: a node that gives an instance up removes its record, then looks for the line above.
[ -e "$record.json" ] || exit 125

# A signal for the whole group ends the command; its status must still be written down.
# Caught, not ignored: the command starts with the default again.
trap : HUP INT QUIT TERM

"$BASH" "$script"
status=$?
printf '%s\n' "$status" > "$record.exit"
exit "$status"
