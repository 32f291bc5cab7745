#!/bin/bash
# Checks the chain of the log with common tools alone: run it in the spool's log/ folder.
cat -- *.jsonl | while IFS= read -r line; do
	[ "$(printf '%s' "$line" | jq -r .prev)" = "${hash:-$(printf '0%.0s' {1..64})}" ] ||
		{ printf 'broken before line %s\n' "$(printf '%s' "$line" | jq .seq)"; exit 1; }
	hash=$(printf '%s' "$line" | sha256sum | cut -d' ' -f1)
done && echo "the chain is whole"
