#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: where two files of one mail say different things of the same form, both readings are kept, and staff are told field
# by field: by show, on the page for the file, in the digest and in the workbook; and no more once a newer revision stands.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
$PYTHON -c "import openpyxl" 2>/dev/null || skip "no openpyxl here: make deps installs it"
cd "$TOP" || exit 1
servers_start "$WORK"
config_write "$WORK"

for mail in 480-word-then-pdf-differ 483-summary-then-word-differ; do
	ctl ingest "tests/mail-more/$mail/message.eml" --received 2022-06-15T10:00:00+08:00 >/dev/null || fail "$mail is not taken in"
done
ctl show CYMP-2022-0001 --why >"$WORK/out" || fail "nothing to show"
grep -q '盖章.pdf says 0536-5218888' "$WORK/out" || fail "show: $(cat "$WORK/out")"
grep -A 2 '0536-5212345' "$WORK/out" | grep -q '登记表.docx' || fail "show --why: not where it was read: $(cat "$WORK/out")"
ctl show CYMP-2022-0001 --json | jq -e '[.timeline[] | select(.event == "read") | .fields[] | select(.key == "phone") | .others[]]
	== [{"source": "盖章.pdf", "value": "0536-5218888"}]' >/dev/null || fail "show --json"
ctl show CYMP-2022-0001 --html "$WORK/life.html" >/dev/null && grep -q '“盖章.pdf”作“0536-5218888”' "$WORK/life.html" || fail "show --html"

mkdir "$WORK/digest"
ctl digest --out "$WORK/digest" >/dev/null || fail "no digest"
grep -rqs '两份材料所填不一致.*0536-5218888' "$WORK/digest" || fail "the digest: $(cat "$WORK"/digest/*.txt)"
ctl export "$WORK/book.xlsx" >/dev/null || fail "no workbook"
$PYTHON -W ignore - "$WORK/book.xlsx" <<-'END' || fail "the workbook"
	import sys, openpyxl
	rows = list(openpyxl.load_workbook(sys.argv[1])["异常"].iter_rows(values_only=True))
	assert any(r[0] == "两份材料所填不一致" and "联系电话在“盖章.pdf”中作“0536-5218888”" in r[2] and r[5] == "待处理" for r in rows), rows
END
# A file's name is a stranger's word, too: of one that could not be opened, and of one that a form was read from.
$PYTHON - "$WORK" <<-'END' || fail "no mails"
	import sys, email.message, email.policy, glob
	for n, (name, data) in enumerate([("登记表13912345678.docx", b"PK\x03\x04" + b"no more " * 99),
	                                  ("登记表13912345678.txt", "申请区域（城市）：江苏省苏州市太仓市\n牵头单位：太仓市工信局\n主导产业：化工\n特色产业：化工\n申请区域简介：简介\n联系人及职务：王某 科长\n联系电话：0512-53710086\n".encode())]):
	    m = email.message.EmailMessage(policy=email.policy.SMTP)
	    m["From"], m["To"], m["Subject"], m["Message-ID"] = "z@city.test", "a@own.test", "报送登记表", "<name%d@city.test>" % n
	    m.set_content("产业名片登记表，请查收附件。")
	    m.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
	    open("%s/name%d.eml" % (sys.argv[1], n), "wb").write(m.as_bytes())
END
for n in 0 1; do ctl ingest "$WORK/name$n.eml" --received 2022-06-15T11:00:00+08:00 >/dev/null || fail "name$n.eml is not taken in"; done
ctl export --mask "$WORK/masked.xlsx" >/dev/null && $PYTHON -W ignore - "$WORK/masked.xlsx" <<-'END' || fail "masked, it holds the number"
	import sys, openpyxl
	seen = []
	for sheet in openpyxl.load_workbook(sys.argv[1]):
	    for row in sheet.iter_rows(values_only=True):
	        assert "5218888" not in str(row) and "13912345678" not in str(row), row
	    seen.append(str([r for r in sheet.iter_rows(values_only=True)]))
	assert sum("登记表*********78" in s for s in seen) == 2, "where is it?"
END

# A newer revision stands: what the older one's files said is settled, what its own say is not.
ctl ingest tests/mail-more/481-pdf-then-word-differ/message.eml --received 2022-06-16T10:00:00+08:00 >/dev/null || fail "no revision"
ctl export "$WORK/later.xlsx" >/dev/null && $PYTHON -W ignore - "$WORK/later.xlsx" <<-'END' || fail "the workbook, a revision later"
	import sys, openpyxl
	rows = openpyxl.load_workbook(sys.argv[1])["异常"].iter_rows(values_only=True)
	said = {r[2]: r[5] for r in rows if r[0] == "两份材料所填不一致" and r[3] == "CYMP-2022-0001"}
	assert said == {"联系电话在“盖章.pdf”中作“0536-5218888”": "已了结", "特色产业在“汇总表.xlsx”中作“盐产品”": "已了结",
	    "联系电话在“登记表.docx”中作“0536-5212345”": "待处理"}, said
END
exit 0
