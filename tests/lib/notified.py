#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service manager's ear, or the journal's: notified.py SOCKET FILE

Makes the datagram socket, prints READY, and appends what comes to FILE, a line each, the time in front."""

import socket
import sys
import time

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
    ear.bind(sys.argv[1])
    print("READY", flush=True)
    with open(sys.argv[2], "a", encoding="utf-8", buffering=1) as file:
        while True:
            words = ear.recv(65536).decode().strip().replace("\n", " ")
            file.write("%.1f %s\n" % (time.time(), words))
