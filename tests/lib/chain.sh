#!/bin/bash
# Checks the chain of the log with common tools alone, by the first recipe of docs/verify.md as it stands
# there: run it in the spool's log/ folder.
# shellcheck disable=SC2016 # the marks of a block
recipe=$(sed -n '/^```sh$/,/^```$/p;/^```$/q' "$(dirname "$0")/../../docs/verify.md" | sed '/^```/d')
said=$(cd .. && sh -c "$recipe" 2>&1)
# it says nothing but the head, and that of all lines: what did not run has found nothing wrong either
[[ $said =~ ^head\ $(cat ./*.jsonl | wc -l):[0-9a-f]{64}$ ]] || { printf '%s\n' "$said"; exit 1; }
echo "the chain is whole"
