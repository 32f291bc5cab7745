#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: digest_sample.sh FOLDER      a digest (text, page), its workbook and letters of reminder, of 400 generated
#                                     registrations, to be looked at: `make samples`
set -eu
cd "$(dirname "$0")/../.."
out=$1 work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/mingpian.cfg" <<END
campaigns: ( { name = "2022"; form = "$PWD/config/form.cfg"; since = "2022-05-01"; deadline = "2022-06-30";
  closes = "2022-12-31"; keep_until = "2025-12-31"; receipt_prefix = "CYMP-2022-"; } );
own: { name = "工业和信息化部工业文化发展中心"; domains = ["miit-icdc.org"]; };
spool: { dir = "$work/spool"; };
mailboxes: ( { address = "maruijuan@miit-icdc.org"; contact = "联系人：马瑞娟，电话：010-00000000";
  imap: { url = "imap://127.0.0.1:1"; user = "m"; password_file = "p"; tls = "none"; };
  smtp: { url = "smtp://127.0.0.1:1"; tls = "none"; }; } );
templates = "$PWD/config/templates";
END
"${BUILD:-build}/tools/spool_sample" "$work/spool" 400 2022 2022-06-28
export MINGPIAN_NOW=2022-06-28T08:30:00+08:00
mkdir -p "$out/letters"
"${BUILD:-build}/mingpianctl" -c "$work/mingpian.cfg" digest --out "$out"
"${BUILD:-build}/mingpianctl" -c "$work/mingpian.cfg" remind --out "$out/letters" >"$out/letters/list.txt"
