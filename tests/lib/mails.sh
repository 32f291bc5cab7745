# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Mails for cases: forms typed into the text, made on the spot.

# form_mail FROM REGION PHONE [MESSAGE_ID [HEADER…]]: a mail with a filled-in form, to standard output.
form_mail() {
	local from=$1 region=$2 phone=$3 id=${4:-<$RANDOM.$RANDOM.$RANDOM@test>}
	shift $(($# < 4 ? $# : 4))
	printf '%s\r\n' "From: $from" "To: maruijuan@miit-icdc.org" "Subject: =?UTF-8?B?$(printf '产业名片登记表' | base64)?=" \
		"Date: Fri, 10 Jun 2022 10:00:00 +0800" "Message-ID: $id" "MIME-Version: 1.0" \
		"Content-Type: text/plain; charset=UTF-8" "Content-Transfer-Encoding: 8bit" "$@" "" \
		"申请区域（城市）：$region" "牵头单位：市工业和信息化局" "主导产业：电子信息、装备制造" "特色产业：传感器" \
		"申请区域简介：工业基础较好，产业链完整。" "联系人及职务：沈志远 产业科科长" "联系电话：$phone"
}
