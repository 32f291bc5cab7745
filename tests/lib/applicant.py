#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An applicant's hand: forms in Word, mended as a person mends them, and mails that answer ours.

usage: applicant.py form OUT.docx LABEL=VALUE…
       applicant.py mend IN.docx OUT.docx LABEL VALUE
       applicant.py attached MAIL.eml OUT           the first attachment
       applicant.py mail OUT.eml FROM TEXT [--answer MAIL.eml | --answer-html MAIL.eml] [--attach FILE] [--header NAME:VALUE]…

An answer bears In-Reply-To, References and a subject as a mail program makes them, and quotes the text.
form and mend need python-docx.
"""

import email
import email.policy
import sys
import uuid
from email.message import EmailMessage
from pathlib import Path


def make_form(out, pairs):
    import docx

    document = docx.Document()
    document.add_heading("区域（城市）产业名片打造登记表", 1)
    table = document.add_table(0, 2)
    for label, value in (pair.split("=", 1) for pair in pairs):
        row = table.add_row().cells
        row[0].text, row[1].text = label, value
    document.save(out)


def value_cell(document, label):
    """The cell behind the one that begins with label."""
    for table in document.tables:
        for row in table.rows:
            cells = [cell for i, cell in enumerate(row.cells) if i == 0 or cell._tc is not row.cells[i - 1]._tc]
            for cell, behind in zip(cells, cells[1:]):
                if "".join(cell.text.split()).startswith(label):
                    return behind
    raise SystemExit(f"no {label} in the form")


def mend(source, out, label, value):
    """Overtypes the value's first run; what else stands in the cell (a comment's mark) stays."""
    import docx

    document = docx.Document(source)
    runs = [run for paragraph in value_cell(document, label).paragraphs for run in paragraph.runs]
    written = [run for run in runs if run.text]
    if written:
        written[0].text = value
        for run in written[1:]:
            run.text = ""
    else:
        value_cell(document, label).paragraphs[0].add_run(value)
    document.save(out)


def read(path):
    return email.message_from_bytes(Path(path).read_bytes(), policy=email.policy.default)


def make_mail(out, sender, text, options):
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"] = sender, "maruijuan@miit-icdc.org"
    mail["Date"] = "Fri, 10 Jun 2022 10:00:00 +0800"
    mail["Message-ID"] = f"<{uuid.uuid4()}@test>"
    subject = "产业名片登记表"
    attached, html = [], None
    for option, value in zip(options[::2], options[1::2]):
        if option in ("--answer", "--answer-html"):
            ours = read(value)
            subject = f"回复：{ours['Subject']}"
            mail["In-Reply-To"] = ours["Message-ID"]
            mail["References"] = f"{ours['References'] or ''} {ours['Message-ID']}".strip()
            if option == "--answer-html":  # as QQ's web mail quotes
                letter = ours.get_body(("html",)).get_content()
                html = f"<div>{text.replace(chr(10), '<br>')}</div><div><br></div><div>------------------&nbsp;原始邮件&nbsp;------------------</div>{letter}"
            quoted = ours.get_body(("plain",)).get_content()
            text += f"\n\n------------------ 原始邮件 ------------------\n发件人: {ours['From']}\n\n{quoted}"
        elif option == "--attach":
            attached.append(Path(value))
        elif option == "--header":
            name, _, content = value.partition(":")
            del mail[name]
            mail[name] = content.strip()
    mail["Subject"] = subject
    mail.set_content(text, cte="base64")
    if html:
        mail.add_alternative(html, subtype="html", cte="base64")
    for path in attached:
        mail.add_attachment(path.read_bytes(), maintype="application", subtype="octet-stream", filename=path.name)
    Path(out).write_bytes(mail.as_bytes())


command, *rest = sys.argv[1:]
if command == "form":
    make_form(rest[0], rest[1:])
elif command == "mend":
    mend(*rest)
elif command == "attached":
    part = next(read(rest[0]).iter_attachments())
    Path(rest[1]).write_bytes(part.get_content())
else:
    make_mail(rest[0], rest[1], rest[2], rest[3:])
