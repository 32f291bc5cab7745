#!/bin/bash
# Checks the chain of the log with common tools alone, by the first recipe of docs/verify.md as it stands
# there: run it in the spool's log/ folder.
# shellcheck disable=SC2016 # the marks of a block
recipe=$(sed -n '/^```sh$/,/^```$/p;/^```$/q' "$(dirname "$0")/../../docs/verify.md" | sed '/^```/d')
broken=$(cd .. && sh -c "$recipe" 2>/dev/null)
[ "$recipe" ] && [ -z "$broken" ] || { printf '%s\n' "$broken"; exit 1; }
echo "the chain is whole"
